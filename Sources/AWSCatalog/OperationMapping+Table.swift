// Reading the requirements of the operations table:
//
//     s3:PutObject, s3:GetObject from x-amz-copy-source, s3:PutObjectAcl if x-amz-acl|x-amz-grant-*
//
// actions parted by commas, each followed by pairs of a word and its value: `from` a parameter, `on` a path, `for` the
// action replaced, `if` the proofs parted by bars. Values have no spaces.

extension OperationAction {
  /// Parses the requirements of a line.
  ///
  /// - Parameter text: The requirements as the table writes them.
  /// - Returns: The actions in the order of the table, those always needed first.
  static func parse(_ text: String) -> [OperationAction] {
    let actions = text.split(separator: ",").map { item in
      OperationAction(words: item.split(separator: " ").map(String.init))
    }
    return actions.filter(\.always) + actions.filter { !$0.always }
  }

  private init(words: [String]) {
    var values: [String: String] = [:]
    var index = 1
    while index + 1 < words.count {
      values[words[index]] = words[index + 1]
      index += 2
    }
    self.init(
      action: words.first ?? "",
      proofs: values["if"].map { $0.split(separator: "|").map { RequestProof(String($0)) } } ?? [],
      replaces: values["for"], resourceFrom: values["from"].map { RequestPath($0) },
      resourcePath: values["on"])
  }
}
