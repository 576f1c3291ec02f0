// What is proposed for principals that the grants do not have.

import IAM
import LeastPrivilege
import Testing

@Suite struct StandingTests {
  private static let policy =
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#

  private func proposal(_ role: String, account: String = LedgerMaker.account, _ grants: AccountGrants) throws
    -> PrincipalProposal
  {
    var maker = LedgerMaker()
    maker.use(LedgerMaker.role(role, account: account), "s3:ListAllMyBuckets", "*")
    return try #require(PolicySynthesizer().proposals(for: maker.ledger, grants: grants).first)
  }

  @Test func `a role that the account no longer has gets nothing, and that is said`() throws {
    let proposal = try proposal("gone", AccountGrants(role: "app", policy: Self.policy))
    #expect(proposal.standing == .gone)
    #expect(proposal.policies.isEmpty)
    #expect(proposal.notGranted.map(\.reason) == ["the account has no such principal today"])
    #expect(proposal.verification.holds && proposal.verification.noNewAccess == true)
  }

  @Test func `a role of an account that the grants do not describe is served from its use`() throws {
    let proposal = try proposal(
      "app", account: "444455556666", AccountGrants(role: "app", policy: Self.policy))
    #expect(proposal.standing == .notDescribed)
    #expect(proposal.policies.count == 1)
    #expect(proposal.verification.noNewAccess == nil)
  }

  @Test func `where pages are missing, a role may be on one of them`() throws {
    let arn = "arn:aws:iam::\(LedgerMaker.account):role/app"
    func page(_ isTruncated: Bool) -> String {
      """
      {"IsTruncated":\(isTruncated),"RoleDetailList":[{"Path":"/","RoleName":"app","Arn":"\(arn)",
       "RolePolicyList":[{"PolicyName":"p","PolicyDocument":\(Self.policy)}]}]}
      """
    }
    #expect(try proposal("other", AccountGrants(page(true))).standing == .notDescribed)
    #expect(try proposal("other", AccountGrants(page(true) + page(false))).standing == .gone)
    var merged = try AccountGrants(page(true))
    merged.merge(try AccountGrants(page(false)))
    #expect(try proposal("other", merged).standing == .gone)
    #expect(try proposal("app", merged).standing == .granted)
  }
}
