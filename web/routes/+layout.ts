/**
 * Every page is drawn in the browser: all figures come from relays and the local store, and a
 * server-drawn style attribute would be refused by the content security policy. Pages without
 * parameters are still written as files; the rest are served by 200.html.
 */
export const ssr = false;
export const prerender = 'auto';
export const trailingSlash = 'never';
