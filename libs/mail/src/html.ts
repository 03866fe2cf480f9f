const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Paragraphs and one link in HTML that all mail programs show alike. Escapes all texts. */
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

/** Puts a text of a user on one line, as a subject requires. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
