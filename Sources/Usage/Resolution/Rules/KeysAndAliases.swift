// Rule `kms`: keys by id, aliases by name. An operation on an alias's key is checked against the key's ARN, which the
// record lists. Where it does not, the requirement names the alias, and the ledger puts the key in its place when it is
// read (`LearnedFacts`). The alias itself is a resource only of operations on aliases.

import IAM

/// KMS keys and aliases.
struct KeysAndAliases: ServiceRule {
  let name = "kms"
  let services: Set<String> = ["kms"]
  let owns: Set<String> = ["key", "alias"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    switch query.type.name {
    case "key":
      let names =
        switch query.action.action {
        case "kms:ReEncryptFrom": ["sourceKeyId"]
        case "kms:ReEncryptTo": ["destinationKeyId"]
        default: ["keyId", "targetKeyId", "keyArn"]
        }
      let values = names.flatMap { request.values(named: $0) }.map(\.value)
      return values.compactMap { value in
        guard WellFormed.isValue(value) else { return nil }
        if let arn = WellFormed.arn(value) {
          return arn.resource.hasPrefix("alias/") ? arn.description : query.resource(arn)
        }
        if value.hasPrefix("alias/"), let region = query.call.place.region,
          let account = query.call.place.account
        {
          return
            "arn:\(query.call.place.partition):kms:\(region):\(account):\(ResourcePattern.escaped(value))"
        }
        return query.resource(named: value)
      }
    case "alias":
      return ["aliasName", "keyId"].flatMap { request.values(named: $0) }.map(\.value).compactMap { value in
        if let arn = WellFormed.arn(value) { return query.resource(arn) }
        return value.hasPrefix("alias/") ? query.resource(named: String(value.dropFirst(6))) : nil
      }
    default: return []
    }
  }
}
