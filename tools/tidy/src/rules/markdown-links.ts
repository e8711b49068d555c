/** Lists the targets of a Markdown text's links that are paths, without their anchors. */
export function relativeLinks(markdown: string): string[] {
  const prose = markdown
    .replace(/^( {0,3})(`{3,}|~{3,})[\s\S]*?^\1?\2/gm, '')
    .replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
  const references = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm)];
  return [...inline, ...references]
    .map(([, target]) => decodeURI(target!.split('#')[0]!))
    .filter((target) => target !== '' && !/^[a-z][a-z0-9+.-]*:/i.test(target));
}
