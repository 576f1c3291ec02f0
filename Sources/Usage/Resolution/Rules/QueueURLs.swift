// Rule `sqs`: queues by their URL, `https://sqs.eu-west-1.amazonaws.com/123456789012/orders`.

/// SQS queues.
struct QueueURLs: ServiceRule {
  let name = "sqs"
  let services: Set<String> = ["sqs"]
  let owns: Set<String> = ["queue"]

  func found(_ query: ResourceQuery) -> [String] {
    if let url = query.call.request.value(named: "queueUrl"), let resource = queue(url, query) {
      return [resource]
    }
    var place = query.call.place
    if let owner = query.call.request.value(named: "queueOwnerAWSAccountId"), WellFormed.isAccount(owner) {
      place.account = owner
    }
    if let name = query.call.request.value(named: "queueName"),
      let resource = query.resource(named: name, at: place)
    {
      return [resource]
    }
    return []
  }

  private func queue(_ url: String, _ query: ResourceQuery) -> String? {
    let parts = url.split(separator: "/", omittingEmptySubsequences: true)
    guard parts.count >= 2, let name = parts.last, WellFormed.isAccount(String(parts[parts.count - 2])) else {
      return nil
    }
    var place = query.call.place
    place.account = String(parts[parts.count - 2])
    if parts.count >= 3 {
      let labels = parts[parts.count - 3].split(separator: ".").map(String.init)
      if labels.count >= 3, labels[0] == "sqs", WellFormed.isRegion(labels[1]) { place.region = labels[1] }
      if labels.count >= 3, labels[1] == "queue", WellFormed.isRegion(labels[0]) { place.region = labels[0] }
    }
    return query.resource(named: String(name), at: place)
  }
}
