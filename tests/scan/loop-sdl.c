// A cycle around SDL_WaitEvent() or SDL_PollEvent() serves the events of SDL; what stands before it is the
// start.
#include <unistd.h>

typedef union SDL_Event {
  int type;
  long room[16];
} SDL_Event;
int SDL_WaitEvent(SDL_Event *to);
int SDL_PollEvent(SDL_Event *to);

static void on_key(void) {
  sleep(1); // expect: error sleep.sleep loop: sdl
}

static void on_mouse(void) {
  sleep(2); // expect: error sleep.sleep loop: sdl
}

int main(void) {
  SDL_Event e;
  sleep(3); // expect-none
  while (SDL_WaitEvent(&e))
    if (e.type == 1) on_key();
  while (SDL_PollEvent(&e))
    if (e.type == 2) on_mouse();
  return 0;
}
