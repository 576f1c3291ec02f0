// Rule `bedrock`: models by id. Foundation models belong to AWS; ids with a geography in front (`eu.anthropic.…`) are
// inference profiles of the account.

/// Bedrock models and inference profiles.
struct Models: ServiceRule {
  let name = "bedrock"
  let services: Set<String> = ["bedrock"]
  let owns: Set<String> = ["foundation-model", "inference-profile"]

  private static let geographies: Set<String> = ["us", "eu", "apac", "us-gov", "jp", "au", "ca", "global"]

  func found(_ query: ResourceQuery) -> [String] {
    guard let model = query.call.request.value(named: "modelId"), WellFormed.isValue(model),
      !model.hasPrefix("arn:")
    else { return [] }
    let isProfile = model.split(separator: ".").first.map { Models.geographies.contains(String($0)) } ?? false
    switch query.type.name {
    case "foundation-model": return isProfile ? [] : query.resource(named: model).map { [$0] } ?? []
    case "inference-profile": return isProfile ? query.resource(named: model).map { [$0] } ?? [] : []
    default: return []
    }
  }
}
