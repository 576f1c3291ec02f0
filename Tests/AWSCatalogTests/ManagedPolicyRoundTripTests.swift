// Every AWS managed policy of the catalog, through parser and writer and back, and past the validation.

import AWSCatalog
import IAM
import Testing

@Suite struct ManagedPolicyRoundTripTests {
  @Test func everyManagedPolicyMeansTheSameAfterARoundTrip() throws {
    let policies = Catalog.embedded.managedPolicies(matching: "*")
    #expect(policies.count > 1000)
    for policy in policies {
      let text = try PolicyText(json: Array(policy.document.utf8))
      for pretty in [false, true] {
        #expect(
          try PolicyDocument(json: text.document.json(pretty: pretty)) == text.document, "\(policy.name)")
      }
      #expect(text.applying([]) == Array(policy.document.utf8), "\(policy.name)")
      // AWS may exceed the quotas that it sets for customers, and nothing else.
      let findings = PolicyValidation(text.document, as: .managedPolicy).findings
      #expect(
        findings.filter { $0.code != .tooLarge && $0.code != .invalidVersion }.isEmpty,
        "\(policy.name): \(findings)")
    }
  }
}
