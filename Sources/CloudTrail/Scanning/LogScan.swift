// Reading any number of logs on any number of threads.

import Dispatch
import JSONStream
import Synchronization

/// A pass over logs.
///
/// Files are spread over threads, each with a consumer of its own; the consumers are merged at the end. A large file is
/// read by all threads that have no file of their own (`SharedStream`). What comes out depends neither on the order of the
/// files nor on the number of threads. Memory is bounded by the largest record and the largest directory, whatever the size
/// of a file and the number of events (`DuplicateFilter`).
public struct LogScan: Sendable {
  /// What is read.
  public let inputs: [LogInput]
  /// How many threads read.
  public let jobs: Int
  /// What is told about progress, from any thread.
  public var progress: (@Sendable (LogProgress) -> Void)?

  /// Whether copies of an event are removed; only tests against counts of records turn it off.
  var removesDuplicates = true
  /// From what size on several threads read one file, and by how much; tests make it small.
  var sizes = SharedStream.Sizes()
  /// How much of the set of events seen is in memory, as `DuplicateFilter` counts it; tests make it small.
  var duplicateCapacity = DigestFile.leastRun

  /// Creates a scan.
  ///
  /// - Parameters:
  ///   - inputs: Files, directories and standard input, in any order.
  ///   - jobs: How many threads read; at least one does.
  ///   - progress: Called after each file and about every 256 KiB, from any thread.
  public init(
    inputs: [LogInput], jobs: Int = 1, progress: (@Sendable (LogProgress) -> Void)? = nil
  ) {
    self.inputs = inputs
    self.jobs = max(1, jobs)
    self.progress = progress
  }

  /// Reads all inputs.
  ///
  /// - Parameter make: Makes an empty consumer; called once for each thread.
  /// - Returns: The merged consumer, and the account of what was read.
  public func run<Consumer: EventConsumer>(
    _ make: @Sendable () -> Consumer
  ) -> (consumer: Consumer, summary: LogSummary) {
    let queue = FileQueue(inputs, sizes, sharesStreams: jobs > 1, progress)
    let duplicates = removesDuplicates ? DuplicateFilter(capacity: duplicateCapacity) : nil
    let results = Mutex<[(Consumer, LogSummary)]>([])
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
      let sink = ConsumerSink(make())
      var reader = FileReader(sink, duplicates: duplicates, queue: queue)
      while let job = queue.next() {
        switch job {
        case .read(let item): reader.read(item)
        case .help(let stream): reader.help(stream)
        }
        queue.finishJob()
      }
      let summary = reader.summary
      // The memory for reading is given back before the consumer does what is left to do.
      _ = consume reader
      let consumer = sink.finish()
      results.withLock { $0.append((consumer, summary)) }
    }
    var parts = results.withLock { results in
      defer { results = [] }
      return results
    }
    var summary = LogSummary()
    for part in parts { summary.merge(part.1) }
    // Each consumer is owned by nobody else when it is merged.
    var consumer = parts.popLast()?.0 ?? make()
    while let (part, _) = parts.popLast() { consumer.merge(part) }
    summary.hiddenEntries = queue.hiddenEntries
    summary.unboundedDuplicates = duplicates?.failure
    return (consumer, summary)
  }
}

/// How far a scan has come.
public struct LogProgress: Hashable, Sendable {
  /// How many files were finished.
  public var files = 0
  /// How many bytes were read, as they stand on disk.
  public var bytes = 0
}
