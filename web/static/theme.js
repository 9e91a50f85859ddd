/* The theme someone chose, applied before the first paint; without a choice the system decides. */
try {
  var theme = localStorage.getItem('realyield.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  /* Storage is closed to us: the system's theme it is. */
}
