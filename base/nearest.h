/* Which name somebody meant who typed another one. */
#ifndef BLOCKSCAN_BASE_NEAREST_H
#define BLOCKSCAN_BASE_NEAREST_H

/* The name closest to a misspelt one, or NULL when none is close: at most a third of the letters are wrong,
 * and one more. Borrows from `names`. */
const char *bs_nearest(const char *word, const char *const *names, int count);

#endif
