// An object that others can find may be changed by what is called after that; one that nobody else knows is not.
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *t, void (*f)(uv_timer_t *), unsigned long a, unsigned long b);
unsigned sleep(unsigned seconds);
void *calloc(unsigned long n, unsigned long size);
int supports(const char *what);

struct base {
  int id;
};
struct renderer {
  struct base base;
  int flag;
};
struct compositor {
  struct base *renderer;
  struct renderer *whole;
};
static struct compositor the_compositor;
static struct renderer *current;

static struct renderer *renderer_of(struct compositor *c) { return (struct renderer *)c->renderer; }
static void read_features(struct compositor *c) {
  if (supports("flag")) renderer_of(c)->flag = 1;
}
static int set_up(struct compositor *c) {
  read_features(c);
  return 0;
}
static void set_current(void) { current->flag = 1; }

static int by_first_member(struct compositor *c) {
  struct renderer *r = calloc(1, sizeof *r);
  c->renderer = &r->base;
  if (set_up(c) < 0) return -1;
  if (r->flag) sleep(1); // expect: error sleep.sleep
  return 0;
}
static void by_pointer(struct compositor *c) {
  struct renderer *r = calloc(1, sizeof *r);
  c->whole = r;
  set_up(c);
  if (r->flag) sleep(1); // expect: error sleep.sleep
}
static void by_global(void) {
  struct renderer r = {0};
  current = &r;
  set_current();
  if (r.flag) sleep(1); // expect: error sleep.sleep
}
static void nobody_knows_it(struct compositor *c) {
  struct renderer *r = calloc(1, sizeof *r);
  set_up(c);
  if (r->flag) sleep(1); // expect-none
}
static void known_too_late(struct compositor *c) {
  struct renderer *r = calloc(1, sizeof *r);
  set_up(c);
  if (r->flag) sleep(1); // expect-none
  c->renderer = &r->base;
}
static void nothing_is_called(struct compositor *c) {
  struct renderer *r = calloc(1, sizeof *r);
  c->renderer = &r->base;
  if (r->flag) sleep(1); // expect-none
  set_up(c);
}

static void on_timer(uv_timer_t *t) {
  (void)t;
  by_first_member(&the_compositor);
  by_pointer(&the_compositor);
  by_global();
  nobody_knows_it(&the_compositor);
  known_too_late(&the_compositor);
  nothing_is_called(&the_compositor);
}
void start(uv_timer_t *t) { uv_timer_start(t, on_timer, 1, 0); }
