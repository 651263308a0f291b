/* host MODULE: loads the module by dlopen, runs its loop, and unloads it; twice. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
  for (int i = 0; i < 2; i++) {
    void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    int (*run)(void) = module ? (int (*)(void))dlsym(module, "run_loop") : NULL;
    int code = run ? run() : -1;
    if (code) {
      fprintf(stderr, "%d %s\n", code, module ? "" : dlerror());
      return 1;
    }
    dlclose(module);
  }
  return 0;
}
