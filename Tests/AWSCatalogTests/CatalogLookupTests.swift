// Lookups over the embedded tables.

import AWSCatalog
import Testing

@Suite struct CatalogLookupTests {
  @Test func unknownNamesAreNotFound() {
    #expect(Catalog.embedded.action("nosuchservice:NoSuchAction") == nil)
    #expect(Catalog.embedded.canonicalName("") == nil)
  }
}
