/* Any bytes as .blockscan.yaml: an error or a configuration, never anything else. */
#include "rules/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  project_config config;
  bs_error error = BS_ERROR_INIT;
  char *text = bs_malloc(size + 1); /* files are read with a zero byte behind them */
  memcpy(text, data, size);
  text[size] = 0;
  bool good = project_config_parse(&config, ".blockscan.yaml", text, size, &error);
  if (good == bs_error_is_set(&error)) abort();
  for (uint32_t i = 0; good && i < config.exclude.count; i++)
    project_config_matches(config.exclude.items[i].path, "src/a/b.c");
  bs_error_fini(&error);
  project_config_fini(&config);
  free(text);
  return 0;
}
