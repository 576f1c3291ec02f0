// What a scan has read, what it could not read, and what it passed over.

/// The account of a scan, apart from the events themselves.
public struct LogSummary: Hashable, Sendable {
  /// How many files were read; standard input counts as one.
  public var files = 0
  /// How many bytes were read, as they stand on disk.
  public var bytes = 0
  /// How many bytes these were after decompression.
  public var decompressedBytes = 0
  /// How many events were given to the consumers.
  public var events = 0
  /// How many further copies of these events were found and removed.
  public var duplicates = 0
  /// Files and directories that were damaged or could not be read, in order of path.
  public var damaged: [DamagedFile] = []
  /// How many records were passed over, by kind.
  public var skipped: [EventKind: Int] = [:]
  /// How many records came in each form.
  public var formats: [LogFormat: Int] = [:]
  /// How many entries of directories were passed over because their names begin with a dot.
  public var hiddenEntries = 0

  /// Why the memory for finding duplicates has grown with the number of events, or `nil` if it has not.
  public var unboundedDuplicates: String?

  /// Creates the summary of an empty scan.
  public init() {}

  /// Whether the trail aggregates data events, so that the events themselves may be missing.
  public var hasAggregatedEvents: Bool { skipped[.aggregated, default: 0] > 0 }

  /// What the input cannot tell, however whole it is, as sentence fragments for people.
  public var warnings: [String] {
    var warnings: [String] = []
    if hasAggregatedEvents {
      warnings.append("the trail aggregates data events: the events themselves may be missing")
    }
    if let count = formats[.eventHistory] {
      warnings.append(
        "\(count) of the events come from the console's event history as CSV, which tells the name of a user or "
          + "session and no ARN: no policy is made of them; download the history as JSON instead")
    }
    return warnings
  }

  /// Adds what another part of the scan has read.
  ///
  /// - Parameter other: The summary of other files.
  public mutating func merge(_ other: LogSummary) {
    files += other.files
    bytes += other.bytes
    decompressedBytes += other.decompressedBytes
    events += other.events
    duplicates += other.duplicates
    hiddenEntries += other.hiddenEntries
    skipped.merge(other.skipped, uniquingKeysWith: +)
    formats.merge(other.formats, uniquingKeysWith: +)
    unboundedDuplicates = unboundedDuplicates ?? other.unboundedDuplicates
    damaged = (damaged + other.damaged).sorted()
  }
}

/// A file or directory that was damaged or could not be read.
public struct DamagedFile: Hashable, Sendable, Comparable {
  /// The path as given or walked, or `-` for standard input.
  ///
  /// It may hold any character.
  public let path: String
  /// The offset of the first damage, or `nil` where the file could not be opened.
  public let offset: Int?
  /// Whether the offset counts bytes of decompressed and decoded text instead of bytes of the file.
  public let isDecodedOffset: Bool
  /// What is wrong first, as a sentence fragment without the path.
  public let message: String
  /// How many places are damaged.
  public let count: Int

  /// Orders by path, by bytes.
  public static func < (left: DamagedFile, right: DamagedFile) -> Bool {
    if left.path.utf8.elementsEqual(right.path.utf8) { return (left.offset ?? -1) < (right.offset ?? -1) }
    return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
  }
}

/// The form in which an event came; a wrapped event counts under its innermost wrapping.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
  /// `{"Records":[…]}`, as CloudTrail writes it.
  case records
  /// Bare events: newline-delimited, concatenated, in arrays.
  case bare
  /// EventBridge envelopes.
  case eventBridge
  /// CloudWatch Logs: subscriptions, filter results, Insights, and their Lambda and Kinesis wrappings.
  case cloudWatchLogs
  /// `aws cloudtrail lookup-events`.
  case lookupEvents
  /// Splunk and Cribl exports.
  case splunk
  /// Elasticsearch, OpenSearch, Filebeat and Logstash.
  case elastic
  /// The Open Cybersecurity Schema Framework, as Amazon Security Lake writes it.
  case ocsf
  /// CloudTrail Lake query results.
  case lake
  /// Athena query results.
  case athena
  /// The AWSCloudTrail table of Microsoft Sentinel.
  case sentinel
  /// The console's event history, which has no ARNs.
  case eventHistory
  /// A wrapping that is none of the above: a string that holds the event.
  case wrapped
}
