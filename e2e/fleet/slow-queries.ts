/** Statements that take their time on the template's data: scans without an index, a sort on disk, a join, a plain wait. */
export const slowQueries: readonly string[] = [
  "SELECT COUNT(*), SUM(amount_cents) FROM app.posting WHERE note LIKE '%99%'",
  'SELECT note, COUNT(*) AS payments, SUM(amount_cents) AS total FROM app.posting GROUP BY note ORDER BY total DESC LIMIT 20',
  `SELECT a.owner, SUM(p.amount_cents) AS moved FROM app.posting p JOIN app.account a ON a.id = p.account_id
     WHERE p.amount_cents > 10000 GROUP BY a.owner ORDER BY moved DESC LIMIT 10`,
  'SELECT p.* FROM app.posting p ORDER BY p.amount_cents DESC, p.note LIMIT 10 OFFSET 5000',
  'SELECT SLEEP(1.5)',
];
