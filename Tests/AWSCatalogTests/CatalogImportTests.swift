// AWS's service reference, imported into a catalog file and laid over the embedded catalog.

import AWSCatalog
import TestSupport
import Testing

@Suite struct CatalogImportTests {
  static let s3 = """
    {"Name":"s3","Version":"v1.4","Unknown":{"deep":[1,2,{"x":null}]},
     "Actions":[
      {"Name":"GetObject","ActionConditionKeys":["s3:TlsVersion","s3:authType"],
       "Annotations":{"Properties":{"IsList":false,"IsPermissionManagement":false,"IsTaggingOnly":false,"IsWrite":false}},
       "Resources":[{"Name":"object"},{"Name":"accesspointobject"}],"SupportedBy":{}},
      {"Name":"ThawObject","Annotations":{"Properties":{"IsWrite":true,"IsPermissionManagement":true}},
       "Resources":[{"Name":"object"}]},
      {"Name":"ListGlaciers"}],
     "ConditionKeys":[{"Name":"s3:TlsVersion","Types":["Numeric"]},{"Name":"s3:Frozen","Types":["Bool"]}],
     "Operations":[
      {"Name":"ThawObjects","AuthorizedActions":[{"Name":"ThawObject","Service":"s3"},{"Name":"GetObject","Service":"s3"},
        {"Name":"Decrypt","Service":"kms"}]},
      {"Name":"GetObject","AuthorizedActions":[{"Name":"GetObject","Service":"s3"}]},
      {"Name":"HeadObject","AuthorizedActions":[{"Name":"ThawObject","Service":"s3"}]}],
     "Resources":[{"Name":"object","ARNFormats":["arn:${Partition}:s3:::${BucketName}/${ObjectName}"],
       "ConditionKeys":["s3:BucketTag/${TagKey}"]}, {"Name":"accesspointobject"}]}
    """
  static let whittling = #"{"Name":"whittling","Actions":[{"Name":"Carve"}]}"#

  static func catalog(date: String, _ files: String...) throws -> Catalog {
    var importer = CatalogImport()
    for file in files { try importer.add(json: Array(file.utf8), date: date) }
    return try Catalog.embedded.updated(by: importer.catalogFile())
  }

  @Test func newerDataSpeaksForItsService() throws {
    let catalog = try Self.catalog(date: "2099-01-01", Self.s3, Self.whittling)
    #expect(catalog.updatedServices == ["s3", "whittling"])
    #expect(catalog.date == "2099-01-01")
    #expect(catalog.actionNames(matching: "s3:*") == ["s3:GetObject", "s3:ListGlaciers", "s3:ThawObject"])
    #expect(catalog.canonicalName("s3:PutObject") == nil)
    #expect(catalog.canonicalName("WHITTLING:carve") == "whittling:Carve")
    #expect(catalog.action("s3:ThawObject")?.accessLevel == .permissionsManagement)
    #expect(catalog.conditionKeyType("s3:frozen") == "Bool")
    #expect(catalog.arnFormats(resourceType: "object", service: "s3").count == 1)
    #expect(catalog.info.updatedServices == ["s3", "whittling"])

    // What AWS's files do not say is kept: required types, logging, CloudFormation types.
    let get = try #require(catalog.action("s3:GetObject"))
    #expect(get.accessLevel == .read && get.observability == .data)
    #expect(get.resourceTypes.filter(\.required).map(\.name) == ["object"])
    #expect(catalog.resourceType("object", service: "s3")?.cloudFormationTypes == ["AWS::S3::Object"])

    // Other services are as they were.
    #expect(catalog.action("ec2:RunInstances") == Catalog.embedded.action("ec2:RunInstances"))
    let embedded = Catalog.embedded
    #expect(
      catalog.actionCount(matching: "*")
        == embedded.actionCount(matching: "*") - embedded.actionCount(matching: "s3:*") + 4)
    let all = catalog.actionNames(matching: "*").map { $0.lowercased() }
    #expect(all == all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test func operationsOfTheReferenceResolve() throws {
    let catalog = try Self.catalog(date: "2099-01-01", Self.s3)
    let thaw = catalog.operation(source: "s3.amazonaws.com", name: "ThawObjects")
    #expect(thaw.rule == "imported")
    #expect(thaw.actions == ["s3:ThawObject"])
    #expect(thaw.conditionalActions == ["kms:Decrypt", "s3:GetObject"])
    // What is stated in the program goes first, and never names an action that is gone.
    let head = catalog.operation(source: "s3.amazonaws.com", name: "HeadObject")
    #expect(head.actions == ["s3:GetObject"])
    #expect(head.conditionalActions.isEmpty)
    #expect(catalog.operation(source: "s3.amazonaws.com", name: "PutBucketAcl").kind == .unresolved)
    let carve = try Self.catalog(date: "2099-01-01", Self.whittling)
      .operation(source: "whittling.amazonaws.com", name: "Carve")
    #expect(carve.rule == "same-name")
  }

  @Test func olderDataSpeaksOnlyForUnknownServices() throws {
    let catalog = try Self.catalog(date: "2001-01-01", Self.s3, Self.whittling)
    #expect(catalog.updatedServices == ["whittling"])
    #expect(catalog.action("s3:PutObject") == Catalog.embedded.action("s3:PutObject"))
    #expect(catalog.canonicalName("s3:ThawObject") == nil)
  }

  @Test func theLaterOfTwoFilesCounts() throws {
    var importer = CatalogImport()
    let older = #"{"Name":"s3","Actions":[{"Name":"Old"}]}"#
    let newer = #"{"Name":"S3","Actions":[{"Name":"New"}]}"#
    #expect(try importer.add(json: Array(newer.utf8), date: "2098-01-02") == "s3")
    #expect(try importer.add(json: Array(older.utf8), date: "2098-01-01") == "s3")
    let index = #"[{"service":"s3","url":"https://example.com"}]"#
    #expect(try importer.add(json: Array(index.utf8), date: "2099-01-01") == nil)
    let file = importer.catalogFile()
    #expect(file == importer.catalogFile())
    #expect(try Catalog.embedded.updated(by: file).actionNames(matching: "s3:*") == ["s3:New"])
  }

  @Test(arguments: [
    "", "{", "nonsense", #"{"Name":"a b","Actions":[]}"#,
    #"{"Name":"s3","Actions":[{"Name":"Get\tObject"}]}"#,
    #"{"Name":"s3","Actions":[{}]}"#, #"{"Name":"s3","Resources":[{"Name":"x*"}]}"#,
    #"{"Name":"s3","Actions":[{"Name":"A","Resources":[{"Name":"a,b"}]}]}"#,
    #"{"Name":"s3","Actions":[],"Operations":[{"Name":"O","AuthorizedActions":[{"Name":"a|b"}]}]}"#,
  ])
  func whatIsNoServiceIsRefused(json: String) {
    var importer = CatalogImport()
    #expect(throws: CatalogImportError.self) { try importer.add(json: Array(json.utf8), date: "2099-01-01") }
    #expect(importer.services.isEmpty)
  }

  @Test(arguments: [
    "", "# whittle catalog 2\n", "# whittle catalog 1", "# whittle catalog 1\n== actions\ns3:B\ns3:A\n",
    "# whittle catalog 1\n== services\ns3\t2099-01-01\nS3\t2099-01-01\n",
  ])
  func damagedCatalogFilesAreRefused(text: String) {
    #expect(throws: CatalogFileError.self) { try Catalog.embedded.updated(by: Array(text.utf8)) }
  }

  /// Bytes changed at random are refused or read, and never stop the program.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func hostileCatalogFilesDoNoHarm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var importer = CatalogImport()
    try importer.add(json: Array(Self.s3.utf8), date: "2099-01-01")
    var file = importer.catalogFile()
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let offset = Int.random(in: 20..<file.count, using: &random)
      file[offset] = UInt8.random(in: 0...255, using: &random)
    }
    if random.chance(0.3) { file.removeLast(Int.random(in: 0..<file.count - 20, using: &random)) }
    guard let catalog = try? Catalog.embedded.updated(by: file) else { return }
    for action in catalog.actions(matching: "s3:*") { #expect(!action.action.isEmpty) }
    _ = catalog.operation(source: "s3.amazonaws.com", name: "ThawObjects")
    _ = catalog.resourceTypes(service: "s3")
    _ = catalog.info
  }
}
