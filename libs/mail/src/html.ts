const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A page of paragraphs around one link, that any mail program shows alike. All texts are escaped here. */
export function htmlPage(paragraphs: string[], link: { href: string; label: string }, footer: string): string {
  const body = paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<body style="font-family: sans-serif; line-height: 1.5; max-width: 36em; margin: 2em auto">
${body}
<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p>
<p style="color: #666; font-size: 90%">${escapeHtml(footer)}</p>
</body>
</html>
`;
}

/** People's own words, on one line: they may stand in a subject. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
