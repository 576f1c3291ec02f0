// Regions in resources: as they were used, or every region where the user asks for it.

import IAM
import LeastPrivilege
import TestSupport
import Testing

@Suite struct RegionTests {
  private static let app = LedgerMaker.role("app")

  private static func queue(_ region: String, _ name: String = "orders") -> String {
    "arn:aws:sqs:\(region):111122223333:\(name)"
  }

  private func proposal(
    _ maker: LedgerMaker, _ options: SynthesisOptions = SynthesisOptions(inAllRegions: true),
    grants: AccountGrants? = nil
  ) throws -> PrincipalProposal {
    let proposals = PolicySynthesizer(options: options).proposals(for: maker.ledger, grants: grants)
    let proposal = try #require(proposals.first)
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    return proposal
  }

  private func resources(_ proposal: PrincipalProposal) -> [Statement.ResourceElement?] {
    proposal.policies.flatMap(\.document.statements).map(\.resources)
  }

  @Test func `what was used in some regions is granted in all, and the regions are counted`() throws {
    var maker = LedgerMaker()
    maker.use(Self.app, "sqs:SendMessage", Self.queue("eu-west-1"))
    maker.use(Self.app, "sqs:SendMessage", Self.queue("us-east-1"))
    maker.use(Self.app, "sqs:SendMessage", Self.queue("eu-west-1", "bills"))
    maker.use(Self.app, "s3:ListBucket", "arn:aws:s3:::photos")
    let named = try proposal(maker, SynthesisOptions())
    #expect(named.verification.excess.isEmpty)
    let everywhere = try proposal(maker)
    #expect(
      resources(everywhere) == [
        .resource(["arn:aws:s3:::photos"]), .resource([Self.queue("*", "bills"), Self.queue("*")]),
      ])
    let excess = everywhere.verification.excess
    #expect(excess.map(\.kind) == [.regionWildcard, .regionWildcard])
    #expect(excess.map(\.pattern) == [Self.queue("*", "bills"), Self.queue("*")])
    #expect(excess.map(\.distinctUsed) == [1, 2])
  }

  @Test func `a pattern of names in every region is listed for both`() throws {
    var maker = LedgerMaker()
    for day in 10..<14 {
      maker.use(Self.app, "sqs:SendMessage", Self.queue("eu-west-1", "run-2026-11-\(day)"))
    }
    let excess = try proposal(maker).verification.excess
    #expect(excess.map(\.kind) == [.regionWildcard, .resourcePattern])
    #expect(excess.map(\.distinctUsed) == [1, 4])
  }

  @Test func `the current grant limits the regions`() throws {
    var maker = LedgerMaker()
    maker.use(Self.app, "sqs:SendMessage", Self.queue("eu-west-1"))
    for (granted, wanted) in [
      (Self.queue("eu-west-1"), Self.queue("eu-west-1")), (Self.queue("eu-*"), Self.queue("eu-*")),
      (Self.queue("*", "*"), Self.queue("*")), ("*", Self.queue("*")),
    ] {
      let grants = try AccountGrants(
        role: "app",
        policy:
          #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"\#(granted)"}}"#
      )
      let proposal = try proposal(maker, grants: grants)
      #expect(proposal.verification.noNewAccess == true)
      #expect(resources(proposal) == [.resource([wanted])], "\(granted)")
    }
  }

  /// Law: regions asked for or not, a policy for more logs contains the one for fewer, and the wider choice the narrower.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `every region contains the regions that were used`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var maker = LedgerMaker()
    func add() {
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        let region = random.pick(["eu-west-1", "us-east-1", "ap-south-1"]) ?? ""
        let name =
          "\(random.pick(["queue", "2026-11-20", "a1b2c3d4e5f60718"]) ?? "")-\(random.pick(["x", "y"]) ?? "")"
        maker.use(
          Self.app, random.pick(["sqs:SendMessage", "sqs:ReceiveMessage"]) ?? "", Self.queue(region, name))
      }
    }
    add()
    let generalization = random.pick([Generalization.none, .safe, .budget(2)]) ?? .safe
    func policies(_ inAllRegions: Bool) throws -> [PolicyDocument] {
      let options = SynthesisOptions(generalization: generalization, inAllRegions: inAllRegions)
      return try proposal(maker, options).policies.map(\.document)
    }
    let named = try policies(false)
    let everywhere = try policies(true)
    #expect(PolicyContainment(existing: everywhere).check(proposed: named).holds)
    add()
    #expect(PolicyContainment(existing: try policies(true)).check(proposed: everywhere).holds)
  }
}
