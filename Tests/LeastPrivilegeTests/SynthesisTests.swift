// The promises of synthesis on small accounts whose right answer is plain.

import IAM
import LeastPrivilege
import Testing

@Suite struct SynthesisTests {
  private let app = LedgerMaker.role("app")

  private func only(_ proposals: [PrincipalProposal]) throws -> PrincipalProposal {
    try #require(proposals.count == 1)
    return proposals[0]
  }

  private func json(_ proposal: PrincipalProposal) -> [String] {
    proposal.policies.map { String(decoding: $0.document.json(pretty: false), as: UTF8.self) }
  }

  @Test func `actions with equal resource sets share a statement`() throws {
    var maker = LedgerMaker()
    for action in ["s3:PutObject", "s3:GetObject"] {
      maker.use(app, action, "arn:aws:s3:::photos/cat.jpg")
      maker.use(app, action, "arn:aws:s3:::photos/dog.jpg")
    }
    maker.use(app, "s3:ListBucket", "arn:aws:s3:::photos")
    maker.use(app, "ec2:DescribeInstances", "*")
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger))
    #expect(
      json(proposal) == [
        #"{"Version":"2012-10-17","Statement":["#
          + #"{"Sid":"Ec2List","Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*"},"#
          + #"{"Sid":"S3List","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::photos"},"#
          + #"{"Sid":"S3ReadWrite","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"#
          + #""Resource":["arn:aws:s3:::photos/cat.jpg","arn:aws:s3:::photos/dog.jpg"]}]}"#
      ])
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    #expect(proposal.verification.excess.isEmpty)
    #expect(proposal.packing.isOptimal)
  }

  @Test func `a principal with refused attempts only gets no policy and a list of them`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/cat.jpg", allowed: 0, denied: 3)
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger))
    #expect(proposal.policies.isEmpty)
    #expect(proposal.denied.map(\.attempts) == [3])
    #expect(proposal.verification.holds)
    let included = PolicySynthesizer(options: SynthesisOptions(includeDenied: true))
    #expect(try only(included.proposals(for: maker.ledger)).policies.count == 1)
  }

  @Test func `services, root users and service-linked roles get no policy`() {
    var maker = LedgerMaker()
    maker.use(
      LedgerMaker.role("aws-service-role/x.amazonaws.com/AWSServiceRoleForX"), "s3:ListAllMyBuckets", "*")
    #expect(PolicySynthesizer().proposals(for: maker.ledger).isEmpty)
  }

  @Test func `context that belongs to a permission becomes its condition`() throws {
    var maker = LedgerMaker()
    let role = "arn:aws:iam::111122223333:role/worker"
    maker.use(app, "iam:PassRole", role, context: ["iam:PassedToService": "ec2.amazonaws.com"])
    maker.use(app, "iam:PassRole", role, context: ["iam:PassedToService": "lambda.amazonaws.com"])
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger))
    #expect(
      json(proposal) == [
        #"{"Version":"2012-10-17","Statement":[{"Sid":"IamWrite","Effect":"Allow","Action":"iam:PassRole","#
          + #""Resource":"arn:aws:iam::111122223333:role/worker","Condition":{"StringEquals":"#
          + #"{"iam:PassedToService":["ec2.amazonaws.com","lambda.amazonaws.com"]}}}]}"#
      ])
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
  }

  @Test func `a pattern takes the place of the resources that it contains`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/*")
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/cat.jpg")
    let options = SynthesisOptions(generalization: .none)
    let proposal = try only(PolicySynthesizer(options: options).proposals(for: maker.ledger))
    #expect(proposal.policies[0].document.statements[0].resources == .resource(["arn:aws:s3:::photos/*"]))
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
  }

  @Test func `names that could be read as patterns are written as themselves`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/${*}")
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/${aws:username}")
    let options = SynthesisOptions(generalization: .none)
    let proposal = try only(PolicySynthesizer(options: options).proposals(for: maker.ledger))
    #expect(
      proposal.policies[0].document.statements[0].resources
        == .resource(["arn:aws:s3:::photos/${$}{aws:username}", "arn:aws:s3:::photos/${*}"]))
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
  }

  @Test func `nothing outside of the current grant is proposed`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/2026/11/20/a.jpg")
    maker.use(app, "s3:GetObject", "arn:aws:s3:::other/x")
    maker.use(app, "s3:PutObject", "arn:aws:s3:::photos/x")
    let grants = try AccountGrants(
      role: "app",
      policy:
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::photos/2026/*"}}"#
    )
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger, grants: grants))
    #expect(proposal.notGranted.map(\.action) == ["s3:GetObject", "s3:PutObject"])
    #expect(
      proposal.policies[0].document.statements[0].resources
        == .resource(["arn:aws:s3:::photos/2026/??/??/a.jpg"]))
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    #expect(proposal.verification.noNewAccess == true)
  }

  @Test func `conditions of the current grant are carried over`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/a.jpg")
    let grants = try AccountGrants(
      role: "app",
      policy: """
        {"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
          {"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::photos/*",
           "Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}},
          {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}
        """)
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger, grants: grants))
    #expect(
      json(proposal) == [
        #"{"Version":"2012-10-17","Statement":["#
          + #"{"Sid":"S3Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/a.jpg","#
          + #""Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},"#
          + #"{"Sid":"S3Read2","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/a.jpg","#
          + #""Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}},"#
          + #"{"Sid":"KeptDeny1","Effect":"Deny","Action":"*","Resource":"*","#
          + #""Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}"#
      ])
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    #expect(proposal.notGranted.isEmpty)
  }

  @Test func `what the boundary does not allow is not granted`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/a.jpg")
    maker.use(app, "ec2:DescribeInstances", "*")
    let grants = try AccountGrants(
      role: "app",
      policy: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
      boundary: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#)
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger, grants: grants))
    #expect(proposal.notGranted.map(\.action) == ["ec2:DescribeInstances"])
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
  }
}

extension SynthesisTests {
  @Test func `an unknown resource is granted on what the current grant names`() throws {
    var maker = LedgerMaker()
    maker.use(
      LedgerMaker.role("app"), "s3:GetObject", "*", unresolved: "the record has no bucket name")
    let grants = try AccountGrants(
      role: "app",
      policy: """
        {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*",
         "Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}}
        """)
    let proposals = PolicySynthesizer().proposals(for: maker.ledger, grants: grants)
    let proposal = try #require(proposals.first)
    #expect(
      proposal.policies[0].document.statements[0].resources
        == .resource(["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]))
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    #expect(proposal.unresolvedResources.map(\.reason) == ["the record has no bucket name"])
    #expect(proposal.verification.excess.map(\.kind) == [.unresolvedResource, .unresolvedResource])
    let free = try #require(PolicySynthesizer().proposals(for: maker.ledger).first)
    #expect(free.policies[0].document.statements[0].resources == .resource(["*"]))
    #expect(free.verification.excess.map(\.kind) == [.unresolvedResource])
  }
}

extension SynthesisTests {
  @Test func `conditions of some permissions do not hide them from the replay of others`() throws {
    var maker = LedgerMaker()
    let app = LedgerMaker.role("app")
    let key = "arn:aws:kms:eu-west-1:111122223333:key/0f8fad5b-d9cb-469f-a165-70867728950e"
    maker.use(app, "ec2:DescribeInstances", "*")
    maker.use(app, "kms:Decrypt", key, context: ["kms:ViaService": "s3.eu-west-1.amazonaws.com"])
    let proposal = try #require(PolicySynthesizer().proposals(for: maker.ledger).first)
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    maker.use(app, "kms:Decrypt", key)
    let wider = try #require(PolicySynthesizer().proposals(for: maker.ledger).first)
    #expect(wider.verification.holds, "\(wider.verification.failures)")
    #expect(wider.policies[0].document.statements.allSatisfy { $0.conditions.isEmpty })
  }
}

extension SynthesisTests {
  @Test func `what is not granted is not listed as granted on more than one resource`() throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "*", unresolved: "the record has no bucket name")
    maker.use(app, "ec2:DescribeInstances", "*")
    let grants = try AccountGrants(
      role: "app",
      policy: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}}"#)
    let proposal = try only(PolicySynthesizer().proposals(for: maker.ledger, grants: grants))
    #expect(proposal.notGranted.map(\.action) == ["s3:GetObject"])
    #expect(proposal.unresolvedResources.isEmpty)
    #expect(proposal.verification.holds && proposal.verification.excess.isEmpty)
  }

  @Test func `a pattern that the calls themselves name is listed, for it allows more than they did`() throws {
    var maker = LedgerMaker()
    maker.use(app, "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*")
    maker.use(
      app, "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????")
    maker.use(app, "ec2:DescribeInstances", "*")
    maker.use(app, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders")
    for inAllRegions in [false, true] {
      let options = SynthesisOptions(generalization: .none, inAllRegions: inAllRegions)
      let proposal = try only(PolicySynthesizer(options: options).proposals(for: maker.ledger))
      #expect(proposal.verification.holds, "\(proposal.verification.failures)")
      let region = inAllRegions ? "*" : "eu-west-1"
      let recorded = proposal.verification.excess.filter { $0.kind == .recordedPattern }
      #expect(
        recorded.map(\.pattern) == [
          "arn:aws:ec2:\(region):111122223333:instance/*",
          "arn:aws:secretsmanager:\(region):111122223333:secret:db-??????",
        ])
      #expect(proposal.verification.excess.count == (inAllRegions ? 5 : 2))
    }
  }

  @Test(arguments: [Generalization.none, .safe, .budget(1)])
  func `object keys that only Unicode takes for the same are two`(generalization: Generalization) throws {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::menus/caf\u{e9}.txt")
    maker.use(app, "s3:GetObject", "arn:aws:s3:::menus/cafe\u{301}.txt")
    maker.use(app, "s3:GetObject", "arn:aws:s3:::menus/cafe\u{300}.txt")
    let options = SynthesisOptions(generalization: generalization)
    let proposal = try only(PolicySynthesizer(options: options).proposals(for: maker.ledger))
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    // IAM accepts no combining accents, so that a pattern stands for the names that have them.
    let used = proposal.verification.excess.map(\.distinctUsed)
    #expect(used == (generalization == .budget(1) ? [3] : [2]))
  }
}
