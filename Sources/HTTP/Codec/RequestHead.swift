/// A request line and its fields, accepted as a whole.
package struct RequestHead: Sendable {
    package let method: Method
    package let target: Target
    package let fields: Fields
    /// Host in lower case, without the port.
    package let host: String
    package let framing: Framing
    package let expectsContinue: Bool
    /// The peer wants the connection closed after the answer.
    package let wantsClose: Bool

    /// How the end of the body is found.
    package enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }
}
