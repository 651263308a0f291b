// What SDL calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct SDL_AudioSpec {
  int (*callback)(void *);
};
int SDL_AddEventWatch(int (*f0)(void *), void *a1);
int SDL_CreateThread(int (*f0)(void *), void *a1);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: sdl role: io
}

static int on_field_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_field_2 loop: sdl role: io
}

static int on_offload_3(void *data) {
  (void)data;
  return (int)sleep(3); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct SDL_AudioSpec *sdl_audiospec);
int set_up(struct SDL_AudioSpec *sdl_audiospec) {
  SDL_AddEventWatch(on_io_1, 0);
  sdl_audiospec->callback = on_field_2;
  SDL_CreateThread(on_offload_3, 0);
  return on_nothing != 0;
}
