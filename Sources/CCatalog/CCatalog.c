// The embedding: `#embed` takes the committed tables as they are, so that git shows what changed in them.
#include "CCatalog.h"

static const uint8_t actions[] = {
#embed "tables/actions.tsv"
};
static const uint8_t condition_keys[] = {
#embed "tables/condition-keys.tsv"
};
static const uint8_t event_sources[] = {
#embed "tables/event-sources.tsv"
};
static const uint8_t managed_policies[] = {
#embed "tables/managed-policies.tsv"
};
static const uint8_t operations[] = {
#embed "tables/operations.tsv"
};
static const uint8_t parameter_aliases[] = {
#embed "tables/parameter-aliases.tsv"
};
static const uint8_t pass_role[] = {
#embed "tables/pass-role.tsv"
};
static const uint8_t resource_types[] = {
#embed "tables/resource-types.tsv"
};
static const uint8_t retired_actions[] = {
#embed "tables/retired-actions.tsv"
};
static const uint8_t services[] = {
#embed "tables/services.tsv"
};
static const uint8_t tag_on_create[] = {
#embed "tables/tag-on-create.tsv"
};

#define RETURN_TABLE(bytes)  \
  *length = sizeof(bytes);   \
  return bytes

const uint8_t *whittle_catalog_table(enum whittle_catalog_table table, size_t *length) {
  switch (table) {
    case WHITTLE_CATALOG_ACTIONS:
      RETURN_TABLE(actions);
    case WHITTLE_CATALOG_CONDITION_KEYS:
      RETURN_TABLE(condition_keys);
    case WHITTLE_CATALOG_EVENT_SOURCES:
      RETURN_TABLE(event_sources);
    case WHITTLE_CATALOG_MANAGED_POLICIES:
      RETURN_TABLE(managed_policies);
    case WHITTLE_CATALOG_OPERATIONS:
      RETURN_TABLE(operations);
    case WHITTLE_CATALOG_PARAMETER_ALIASES:
      RETURN_TABLE(parameter_aliases);
    case WHITTLE_CATALOG_PASS_ROLE:
      RETURN_TABLE(pass_role);
    case WHITTLE_CATALOG_RESOURCE_TYPES:
      RETURN_TABLE(resource_types);
    case WHITTLE_CATALOG_RETIRED_ACTIONS:
      RETURN_TABLE(retired_actions);
    case WHITTLE_CATALOG_SERVICES:
      RETURN_TABLE(services);
    case WHITTLE_CATALOG_TAG_ON_CREATE:
      RETURN_TABLE(tag_on_create);
  }
  *length = 0;
  return actions;
}
