const MAX_LENGTH = 60;

/**
 * Puts text from outside into a message: quoted, printable ASCII only, and short.
 *
 * An id or a key may hold terminal control sequences or right-to-left marks that would rewrite the
 * line it is printed in, so everything beyond plain ASCII is escaped.
 */
export function quote(text: string): string {
  const shown = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
  const escaped = JSON.stringify(shown).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return shown === text ? escaped : `${escaped}… (${text.length} characters)`;
}
