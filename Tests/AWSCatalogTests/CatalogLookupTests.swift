// Lookups over the embedded tables.

import AWSCatalog
import Testing

@Suite struct CatalogLookupTests {
  let catalog = Catalog.embedded

  @Test func unknownNamesAreNotFound() {
    for name in [
      "nosuchservice:NoSuchAction", "", ":", "s3", "s3:", "s3:GetObjec", "s3:GetObjectX", "\u{0}", "zzz:Z",
    ] {
      #expect(catalog.action(name) == nil)
      #expect(catalog.canonicalName(name) == nil)
    }
  }

  @Test(arguments: ["s3:GetObject", "S3:GETOBJECT", "s3:getobject"])
  func actionsAreFoundInAnyCase(name: String) throws {
    let entry = try #require(catalog.action(name))
    #expect(entry.action == "s3:GetObject")
    #expect(entry.accessLevel == .read)
    #expect(entry.observability == .data)
    let object = try #require(entry.resourceTypes.first { $0.name == "object" })
    #expect(object.required)
    #expect(object.arnFormats == ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"])
    #expect(entry.conditionKeys.contains("s3:ExistingObjectTag/<key>"))
  }

  @Test func resourceTypesMayHaveSpacesInTheirNames() throws {
    let entry = try #require(catalog.action("lambda:InvokeFunction"))
    #expect(entry.resourceTypes.contains { $0.name == "function" && $0.required })
    let alias = try #require(catalog.resourceType("function alias", service: "lambda"))
    #expect(alias.arnFormats.first?.hasPrefix("arn:${Partition}:lambda:") == true)
  }

  /// Every line is found by the name it begins with, and only there: the binary search against the table itself.
  @Test func everyActionIsFoundByItsOwnName() {
    let names = catalog.actionNames(matching: "*")
    #expect(names.count > 20_000)
    for name in names {
      #expect(catalog.canonicalName(name.uppercased()) == name)
    }
    #expect(
      names.map { $0.lowercased() }
        == names.map { $0.lowercased() }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  /// Every resource type that an action names is defined, with a format.
  @Test func everyResourceTypeOfAnActionIsDefined() {
    for entry in catalog.actions(matching: "*") {
      for type in entry.resourceTypes {
        #expect(!type.arnFormats.isEmpty, "\(entry.action): \(type.name)")
      }
    }
  }
}
