/** `tools/chart/lint.ts`, for whoever calls it by its path of before. */
import '../../tools/chart/lint.ts'
