import escapeHtml from 'escape-html';

/** Text as it stands in HTML, between tags and in attributes with quotes. */
export const inHtml = (text: string): string => escapeHtml(text);
