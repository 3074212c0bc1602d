/** Cuts a caption into lines of at most so many characters, at spaces where there are any. */
export function captionLines(text: string, longest: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text
    .split(/\s+/)
    .flatMap((part) => part.match(new RegExp(`.{1,${longest}}`, "gu")) ?? [])) {
    if (line !== "" && line.length + 1 + word.length > longest) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
