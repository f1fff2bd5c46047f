/** `tools/generate/main.ts`, for whoever calls it by its path of before. */
import '../tools/generate/main.ts'
