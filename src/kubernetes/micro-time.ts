/** A time as `metav1.MicroTime` is written: the API server refuses any number of fraction digits but six. */
export function microTime(moment: Date): string {
  return moment.toISOString().replace('Z', '000Z')
}
