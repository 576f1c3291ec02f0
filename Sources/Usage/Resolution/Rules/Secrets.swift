// Rule `secretsmanager`: secrets by name. Their ARNs end with a hyphen and six characters that the service chose, so a
// name alone stands for `…:secret:NAME-??????`, the pattern that the Secrets Manager User Guide gives.

import IAM

/// Secrets Manager secrets.
struct Secrets: ServiceRule {
  let name = "secretsmanager"
  let services: Set<String> = ["secretsmanager"]
  let owns: Set<String> = ["Secret"]

  func found(_ query: ResourceQuery) -> [String] {
    let creates = query.operation.verb == "create"
    if !creates, let arn = ParameterARNs.found(in: query.call.response, query).first, complete(arn) {
      return query.resource(arn).map { [$0] } ?? []
    }
    let names = creates ? ["name"] : ["secretId", "secretIdList"]
    let values = names.flatMap { query.call.request.values(named: $0) }.map(\.value)
    return values.filter(WellFormed.isValue).compactMap { value in
      if let arn = WellFormed.arn(value) {
        guard let resource = query.resource(arn) else { return nil }
        return complete(arn) ? resource : resource + "-??????"
      }
      return query.resource(named: value).map { $0 + "-??????" }
    }
  }

  /// Whether an ARN has the six characters at its end.
  private func complete(_ arn: ARN) -> Bool {
    let tail = arn.resource.utf8.suffix(7)
    return tail.count == 7 && tail.first == UInt8(ascii: "-")
      && tail.dropFirst().allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
      }
  }
}
