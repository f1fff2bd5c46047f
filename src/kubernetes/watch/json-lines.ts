/**
 * Cuts a stream of bytes into lines, wherever chunks and UTF-8 sequences are split. What stands after the last newline
 * when the stream ends was cut off and is dropped.
 * @throws RangeError for a line of more than `longest` characters, which is thus never held whole
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  longest: number,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n')
    rest += first
    for (const next of others) {
      checkLength(rest, longest)
      if (rest !== '') yield rest
      rest = next
    }
    checkLength(rest, longest)
  }
}

function checkLength(line: string, longest: number): void {
  if (line.length > longest) throw new RangeError(`a line of the stream is longer than ${longest} characters`)
}
