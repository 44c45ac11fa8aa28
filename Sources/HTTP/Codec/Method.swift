/// The methods the server knows.
package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    /// Known, so that the answer is 405 and not 501; no route has it.
    case options = "OPTIONS"

    /// Whether a request of this method must say how long its body is.
    package var carriesBody: Bool {
        switch self {
        case .post, .put, .patch: true
        case .get, .head, .delete, .options: false
        }
    }
}
