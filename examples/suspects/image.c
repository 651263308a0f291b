/* Decoding a PNG. SUSPECT_FOLDER says where it is made. */
#include "suspect.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 3000 };
static char path[512];
static unsigned char *pixels;

bool suspect_prepare(void) {
  const char *folder = getenv("SUSPECT_FOLDER");
  png_image image = {.version = PNG_IMAGE_VERSION, .width = SIDE, .height = SIDE, .format = PNG_FORMAT_RGB};
  pixels = calloc(SIDE, (size_t)SIDE * 3);
  if (!folder || !pixels) {
    fputs("SUSPECT_FOLDER is not set\n", stderr);
    return false;
  }
  for (size_t i = 0; i < (size_t)SIDE * SIDE * 3; i++) pixels[i] = (unsigned char)(i * 2654435761u >> 24);
  image.flags = PNG_IMAGE_FLAG_FAST;
  snprintf(path, sizeof path, "%s/suspect-image.%ld.png", folder, (long)getpid());
  return png_image_write_to_file(&image, path, 0, pixels, 0, NULL);
}

bool suspect_work(void) {
  png_image image = {.version = PNG_IMAGE_VERSION};
  bool right = png_image_begin_read_from_file(&image, path);
  image.format = PNG_FORMAT_RGB;
  right = right && png_image_finish_read(&image, NULL, pixels, 0, NULL);
  unlink(path);
  return right;
}
