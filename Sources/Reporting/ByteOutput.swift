// What a renderer writes to.

/// A place that takes the bytes of an answer, in order.
///
/// Renderers are pure: values in, bytes out. They write piecemeal, so that an answer of any size needs no memory
/// of its size.
public protocol ByteOutput: ~Copyable {
  /// Whether anyone will read what is written; a renderer of long answers may stop where not.
  var isOpen: Bool { get }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  mutating func write(_ bytes: some Sequence<UInt8>)
}

extension ByteOutput where Self: ~Copyable {
  /// Appends text as UTF-8.
  ///
  /// - Parameter text: The text.
  public mutating func write(text: String) { write(text.utf8) }
}

extension [UInt8]: ByteOutput {
  /// Always `true`: an array takes everything.
  public var isOpen: Bool { true }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  public mutating func write(_ bytes: some Sequence<UInt8>) { append(contentsOf: bytes) }
}
