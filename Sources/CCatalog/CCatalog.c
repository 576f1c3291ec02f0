#include "CCatalog.h"

static const uint8_t actions[] = {
#embed "tables/actions.tsv"
};

const uint8_t *whittle_catalog_actions(size_t *length) {
  *length = sizeof actions;
  return actions;
}
