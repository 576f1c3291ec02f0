// AWS managed policies: lookup, what they name, and which of them cover a set of actions.

import AWSCatalog
import IAM
import Testing

@Suite struct ManagedPolicyTests {
  let catalog = Catalog.embedded

  @Test(arguments: [
    "AmazonS3ReadOnlyAccess", "amazons3readonlyaccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    "arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess",
  ])
  func policiesAreFoundByNameAndARN(name: String) throws {
    let policy = try #require(catalog.managedPolicy(name))
    #expect(policy.arn == "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    #expect(policy.version.hasPrefix("v"))
    #expect(try PolicyDocument(json: Array(policy.document.utf8)).statements.isEmpty == false)
  }

  @Test func pathsBelongToTheARN() {
    #expect(catalog.managedPolicy("job-function/ViewOnlyAccess")?.path == "/job-function/")
    #expect(catalog.managedPolicy("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess") != nil)
    #expect(catalog.managedPolicy("arn:aws:iam::aws:policy/ViewOnlyAccess") == nil)
    #expect(catalog.managedPolicy("") == nil)
    #expect(catalog.managedPolicies(matching: "AmazonS3*").contains { $0.name == "AmazonS3FullAccess" })
  }

  /// Every action that a managed policy names without a wildcard is in the catalog, or listed as retired.
  @Test func everyActionOfAManagedPolicyIsKnownOrRetired() throws {
    var named = 0
    for policy in catalog.managedPolicies(matching: "*") {
      for statement in try PolicyDocument(json: Array(policy.document.utf8)).statements {
        let names =
          switch statement.actions {
          case .action(let names), .notAction(let names): names
          }
        for name in names where !name.contains("*") && !name.contains("?") {
          named += 1
          #expect(
            (catalog.canonicalName(name) == nil) == (catalog.retirement(of: name) != nil),
            "\(policy.name): \(name)")
        }
      }
    }
    #expect(named > 50_000)
  }

  @Test func coversAreOrderedByExcess() throws {
    let covers = catalog.managedPolicies(covering: ["s3:GetObject", "S3:ListBucket"])
    #expect(covers.map(\.excess) == covers.map(\.excess).sorted())
    let names = covers.map(\.policy.name)
    let readOnly = try #require(names.firstIndex(of: "AmazonS3ReadOnlyAccess"))
    let full = try #require(names.firstIndex(of: "AmazonS3FullAccess"))
    let administrator = try #require(names.firstIndex(of: "AdministratorAccess"))
    #expect(readOnly < full && full < administrator)
    #expect(covers[administrator].excess == catalog.actionCount(matching: "*") - 2)
    #expect(covers[readOnly].restricted.isEmpty)
    #expect(!covers.contains { $0.policy.path == "/aws-service-role/" })
    #expect(names.contains("PowerUserAccess"))
  }

  @Test func aLimitOfExcessLeavesOutWhatIsBeyond() {
    let all = catalog.managedPolicies(covering: ["iam:ListUsers"])
    for limit in [-1, 70, 3_000] {
      #expect(
        catalog.managedPolicies(covering: ["iam:ListUsers"], excessAtMost: limit)
          == all.filter { $0.excess <= limit })
    }
  }

  @Test func notActionAndDenyAreHonoured() {
    #expect(
      !catalog.managedPolicies(covering: ["iam:CreateUser"]).contains { $0.policy.name == "PowerUserAccess" })
    #expect(!catalog.managedPolicies(covering: ["s3:GetObject"]).contains { $0.policy.name == "AWSDenyAll" })
    #expect(catalog.managedPolicies(covering: []).isEmpty)
    #expect(catalog.managedPolicies(covering: ["nosuch:Action"]).allSatisfy { $0.excess > 20_000 })
  }

  @Test func actionsAllowedAreCounted() throws {
    func count(_ statements: String) throws -> Int {
      let json = #"{"Version":"2012-10-17","Statement":["# + statements + "]}"
      return catalog.actionCount(allowedBy: try PolicyDocument(json: Array(json.utf8)))
    }
    let s3 = catalog.actionCount(matching: "s3:*")
    let all = catalog.actionCount(matching: "*")
    #expect(try count(#"{"Effect":"Allow","Action":["s3:*","S3:get*"],"Resource":"*"}"#) == s3)
    #expect(try count(#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#) == all - s3)
    #expect(
      try count(
        #"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#)
        == all - s3)
    #expect(
      try count(
        #"{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::x"}"#
      )
        == s3)
  }
}
