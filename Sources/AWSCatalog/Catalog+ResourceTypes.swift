// Resource types, their ARN formats, and the parameters that fill them.

extension Catalog {
  /// A resource type of a service, or `nil` where the service's table defines no such type.
  ///
  /// - Parameters:
  ///   - name: The type's name, such as `object`.
  ///   - service: The service prefix, such as `s3`.
  /// - Returns: The entry, or `nil`.
  public func resourceType(_ name: String, service: String) -> ResourceTypeEntry? {
    line(\.resourceTypes, "\(service):\(name)").map(resourceTypeEntry)
  }

  /// The resource types of a service, sorted by lower-case name.
  ///
  /// - Parameter service: The service prefix.
  /// - Returns: The entries.
  public func resourceTypes(service: String) -> [ResourceTypeEntry] {
    var types: [ResourceTypeEntry] = []
    forEachLine(\.resourceTypes, matching: "\(service):*") { types.append(resourceTypeEntry($0)) }
    return types
  }

  /// The ARN formats of a resource type with `${Placeholders}`; none where the type is not known.
  ///
  /// - Parameters:
  ///   - resourceType: The type's name, such as `object`.
  ///   - service: The service prefix, such as `s3`.
  /// - Returns: The formats.
  public func arnFormats(resourceType: String, service: String) -> [String] {
    line(\.resourceTypes, "\(service):\(resourceType)")?.list(1) ?? []
  }

  /// The resource types that a CloudFormation type name stands for, as CloudTrail's `resources[].type` gives it.
  ///
  /// - Parameter name: Such as `AWS::S3::Object`, in any case.
  /// - Returns: The types, sorted; none where the catalog knows no such type.
  /// - Complexity: O(*n*) in the number of resource types.
  public func resourceTypes(cloudFormationType name: String) -> [ResourceTypeEntry] {
    var types: [ResourceTypeEntry] = []
    let name = name.lowercased()
    forEachLine(\.resourceTypes, matching: "*") { line in
      if line.list(3).contains(where: { $0.lowercased() == name }) { types.append(resourceTypeEntry(line)) }
    }
    return types
  }

  /// The request parameters that may fill a placeholder of an ARN format, besides the one of its own name.
  ///
  /// - Parameters:
  ///   - placeholder: The placeholder without `${}`, such as `BucketName`.
  ///   - resourceType: The resource type whose format has it.
  ///   - service: The service prefix.
  /// - Returns: Parameter names, most telling first: those stated for the type, then for the service, then for all.
  public func parameterAliases(placeholder: String, resourceType: String, service: String) -> [String] {
    ["\(service):\(resourceType):\(placeholder)", "\(service):\(placeholder)", placeholder]
      .flatMap { tables.parameterAliases.line($0)?.list(1) ?? [] }
  }

  private func resourceTypeEntry(_ line: CatalogLine) -> ResourceTypeEntry {
    let key = line.text(0)
    let parts = key.split(separator: ":", maxSplits: 1)
    return ResourceTypeEntry(
      service: parts.first.map(String.init) ?? "", name: parts.last.map(String.init) ?? "",
      arnFormats: line.list(1), conditionKeys: line.list(2), cloudFormationTypes: line.list(3))
  }
}
