/* The stores that may have been the last one. A newer one hides those under its condition or a narrower one;
 * two under both answers to a condition hide all before it.
 */
#include "analyzer/check/order_internal.h"

void order_push_live(order_table *o, live_set *live, const values *v, uint32_t guard, uint32_t store) {
  if (live->count == MAX_LIVE) { /* all at once, from here on */
    values all = {0};
    for (uint32_t i = 0; i < live->count; i++) values_add_all(&all, &live->item[i].v);
    live->item[0] = (live_value){all, 0, PROGRAM_NONE};
    live->count = 1;
    live->joined = true;
    o->c->limits.values++;
  }
  live->item[live->count++] = (live_value){*v, guard, store};
}

/* Forgets what the store at `guard` hides: what was stored under it, or under something narrower. */
void order_hide_under(const program *p, live_set *live, uint32_t guard) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < live->count; i++)
    if (!moment_is_under(p, live->item[i].guard, guard)) live->item[kept++] = live->item[i];
  live->count = kept;
}

/* When both ways of a condition store, nothing from before is left: the two stand where the condition does.
 * What was stored between them stands under the first way, and stays. */
void order_hide_by_both(const program *p, live_set *live) {
  uint32_t newest = live->count - 1, kept = 0;
  uint32_t last = live->item[newest].guard, branch = last ? p->guards.items[last].branch : 0;
  for (uint32_t i = 0; branch && i < newest; i++) {
    uint32_t other = live->item[i].guard;
    if (!other || p->guards.items[other].branch != (branch ^ 1)) continue;
    uint32_t around = moment_around_branch(p, last);
    if (moment_around_branch(p, other) != around) continue;
    live->item[i].guard = live->item[newest].guard = around;
    for (uint32_t k = 0; k <= newest; k++)
      if (k >= i || !moment_is_under(p, live->item[k].guard, around)) live->item[kept++] = live->item[k];
    live->count = kept;
    return;
  }
}
