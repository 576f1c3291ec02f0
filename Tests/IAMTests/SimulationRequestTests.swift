// The request lines of `simulate`: forms that are read, and bytes that must not hurt.

import IAM
import TestSupport
import Testing

@Suite struct SimulationRequestTests {
  static let line = """
    {"id":7,"principal":{"arn":"arn:aws:iam::123456789012:role/r"},"action":"S3:getobject","resource":"arn:aws:s3:::b/k",\
    "context":{"aws:TagKeys":["a","b"],"aws:MultiFactorAuthPresent":true,"s3:max-keys":10,"absent":null},\
    "identityPolicies":["%7B%22Statement%22%3A%5B%5D%7D",{"Statement":[]}],"sessionPolicies":null,"scps":[[],[]]}
    """

  @Test func formsThatPeopleWriteAreRead() throws {
    let input = try SimulationRequest(json: Array(SimulationRequestTests.line.utf8))
    #expect(input.id == "7")
    #expect(input.request.principal.kind == .role)
    #expect(input.request.action == ActionName(service: "s3", name: "GetObject"))
    #expect(input.request.resource.arn == "arn:aws:s3:::b/k")
    #expect(input.request.context.keys == ["aws:multifactorauthpresent", "aws:tagkeys", "s3:max-keys"])
    #expect(input.request.context["AWS:TAGKEYS"] == .multiple(["a", "b"]))
    #expect(input.policies.identity.count == 2)
    #expect(input.policies.session == nil)
    #expect(input.policies.serviceControlPolicies == [[], []])
    #expect(
      input.absentLayers == [.permissionBoundary, .resourceControlPolicy, .resource, .vpcEndpoint])
  }

  @Test func theKindOfACallerIsToldByItsARN() {
    for (arn, kind) in [
      ("arn:aws:iam::1:user/p/u", .user), ("arn:aws:iam::1:role/r", .role), ("arn:aws:iam::1:root", .root),
      ("arn:aws:sts::1:assumed-role/r/s", .assumedRole), ("arn:aws:sts::1:federated-user/u", .federatedUser),
      ("ec2.amazonaws.com", .service), ("accounts.google.com", .other), (nil, .anonymous),
    ] as [(String?, RequestPrincipal.Kind)] {
      #expect(RequestPrincipal.Kind(arn: arn) == kind)
    }
  }

  @Test func whatALineDoesNotSayIsCompleted() throws {
    let document = PolicyDocument(statements: [])
    let others = ApplicablePolicies(
      identity: [document, document, document], permissionBoundary: [document], session: [document],
      resourcePolicy: document, vpcEndpoint: [document])
    let completed = try SimulationRequest(json: Array(SimulationRequestTests.line.utf8)).policies(
      completedBy: others)
    #expect(completed.identity.count == 2)
    #expect(completed.session == nil)
    #expect(completed.permissionBoundary == [document])
    #expect(completed.resourcePolicy == document)
    #expect(completed.vpcEndpoint == [document])
  }

  @Test(arguments: 0..<10)
  func noBytesCrashTheReader(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      var bytes = Array(SimulationRequestTests.line.utf8)
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(contentsOf: bytes[index..<min(index + 20, bytes.count)], at: index)
        }
      }
      do {
        let input = try SimulationRequest(json: bytes)
        let decision = PolicyEvaluator(input.policies).decide(input.request)
        #expect(decision.outcome == .implicitDeny, "seed \(seed): the policies have no statement")
      } catch {
        #expect(!error.message.isEmpty, "seed \(seed)")
      }
    }
  }
}
