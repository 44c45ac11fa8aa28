/// Bytes in at the end, out at the front; empty, it holds no memory.
struct ByteQueue {
    /// Bytes already taken that may stay in the store before the rest, where it is less, is moved
    /// to its front.
    static let slack = 256 * 1024

    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { start == bytes.count }

    /// A whole array that comes into an empty queue is not copied.
    mutating func append(_ more: ArraySlice<UInt8>) {
        if bytes.isEmpty { bytes = Array(more) } else { bytes.append(contentsOf: more) }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let taken = bytes[start..<(start + count)]
        start += count
        if isEmpty || start > max(ByteQueue.slack, self.count) {
            bytes = Array(bytes[start...])
            start = 0
        }
        return taken
    }

    mutating func takeAll() -> [UInt8] { Array(take(count)) }

    func withUnread<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(start...))
    }

    /// The whole store and where the unread part begins, for a write without a copy.
    func withStore<Result>(_ body: ([UInt8], Int) -> Result) -> Result { body(bytes, start) }
}
