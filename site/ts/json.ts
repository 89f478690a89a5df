// JSON as it stands: a digest is taken over bytes, so a value must be cut out of its text and not be written anew.

/** member returns the text of a member's value in a JSON object that is known to be well formed. */
export function member(object: string, name: string): string {
  let i = object.indexOf("{") + 1;
  while (i < object.length) {
    const key = value(object, i);
    const colon = object.indexOf(":", key.end);
    const v = value(object, colon + 1);
    if (JSON.parse(object.slice(key.start, key.end)) === name) return object.slice(v.start, v.end);
    i = object.indexOf(",", v.end) + 1;
    if (i === 0) break;
  }
  throw new Error(`there is no member ${name}`);
}

/** value returns where the value that begins at or after i starts and ends. */
function value(text: string, i: number): { start: number; end: number } {
  while (" \t\r\n".includes(text.charAt(i))) i++;
  const start = i;
  let depth = 0;
  for (; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"') i = stringEnd(text, i);
    else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") {
      if (depth === 0) break;
      depth--;
    } else if (depth === 0 && c === ",") break;
    else continue;
    if (depth === 0) return { start, end: i + 1 };
  }
  return { start, end: i };
}

/** stringEnd returns the place of the quotation mark that ends the string that begins at i. */
function stringEnd(text: string, i: number): number {
  for (i++; i < text.length && text.charAt(i) !== '"'; i++) if (text.charAt(i) === "\\") i++;
  return i;
}
