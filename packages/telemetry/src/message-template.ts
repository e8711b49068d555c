/** Longer messages differ, if at all, before this. UTF-16 units */
const maxTemplateLength = 300;
/** Fields that loggers of structured bodies put the message in, the most usual first. */
const messageFields = ['message', 'msg', 'error', 'err', 'event', 'text'];

/**
 * What must not tell two messages apart, and what stands for it. In this order: a number within a
 * quoted part is masked with it.
 */
const masks: readonly (readonly [part: RegExp, mask: string])[] = [
  [/(?<!\w)(["'`])(?:(?!\1).)*\1(?!\w)/g, '"*"'],
  [/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g, '*'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '#'],
  // Digests, addresses in memory and ids in base 16: letters and digits.
  [/\b(?:0x)?(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{6,}\b/gi, '#'],
  // Tokens and ids in base 64: long, with letters and digits.
  [/\b(?=\w*\d)(?=\w*[a-z])\w{20,}\b/gi, '#'],
  [/\d+(?:[.,:]\d+)*/g, '#'],
  // A list of what was masked is one, however long.
  [/#(?:[\s,;]+#)+/g, '#'],
  [/\s+/g, ' '],
];

/**
 * A message without what differs each time: its first line, with numbers, ids, addresses and quoted
 * parts masked.
 *
 * Two messages that one line of code wrote have the same template; not so if that line puts words
 * of no such form into them.
 *
 * @example messageTemplate('Order 4711 of "ann" failed after 3.2s') // 'Order # of "*" failed after #s'
 */
export function messageTemplate(message: string): string {
  let template = firstLine(messageOf(message)).slice(0, maxTemplateLength * 2);
  for (const [part, mask] of masks) template = template.replace(part, mask);
  return template.trim().slice(0, maxTemplateLength).toWellFormed();
}

/** The message within a structured body; other bodies are the message. */
export function messageOf(body: string): string {
  if (!body.startsWith('{')) return body;
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return body; // Cut off, or something else that begins with a brace.
  }
  for (const field of messageFields) {
    const value = Object.hasOwn(parsed, field) ? parsed[field] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return body;
}

function firstLine(text: string): string {
  const trimmed = text.trimStart();
  const end = trimmed.search(/[\r\n]/);
  return end < 0 ? trimmed : trimmed.slice(0, end);
}
