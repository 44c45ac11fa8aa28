import Primitives

/// Why this layer refuses a request. One `switch` gives each its status and its problem form
/// (RFC 9457); what a module refuses for its own reasons it answers itself.
package enum HTTPFailure: Explained, Equatable {
    case malformed
    case certificateMissing, certificateUnknown
    case notFound
    case methodNotAllowed([Method])
    case requestTimeout
    case lengthRequired
    case tooLarge
    case targetTooLong
    case unsupportedType
    case expectationFailed
    case wrongHost
    case headTooLarge
    case rateLimited
    case internalFailure
    case notImplemented
    case busy(retryAfterSeconds: Int)
    case protocolVersionUnsupported
    /// The peer went away. Nobody is left to read an answer.
    case aborted

    package var status: Int {
        switch self {
        case .malformed, .aborted: 400
        case .certificateMissing, .certificateUnknown: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .lengthRequired: 411
        case .tooLarge: 413
        case .targetTooLong: 414
        case .unsupportedType: 415
        case .expectationFailed: 417
        case .wrongHost: 421
        case .rateLimited: 429
        case .headTooLarge: 431
        case .internalFailure: 500
        case .notImplemented: 501
        case .busy: 503
        case .protocolVersionUnsupported: 505
        }
    }

    package var code: String {
        switch self {
        case .malformed: "malformed"
        case .certificateMissing: "certificateMissing"
        case .certificateUnknown: "certificateUnknown"
        case .notFound: "notFound"
        case .methodNotAllowed: "methodNotAllowed"
        case .requestTimeout: "requestTimeout"
        case .lengthRequired: "lengthRequired"
        case .tooLarge: "tooLarge"
        case .targetTooLong: "targetTooLong"
        case .unsupportedType: "unsupportedType"
        case .expectationFailed: "expectationFailed"
        case .wrongHost: "wrongHost"
        case .headTooLarge: "headTooLarge"
        case .rateLimited: "rateLimited"
        case .internalFailure: "internalFailure"
        case .notImplemented: "notImplemented"
        case .busy: "exchangeBusy"
        case .protocolVersionUnsupported: "protocolVersionUnsupported"
        case .aborted: "aborted"
        }
    }

    /// The Japanese title of the problem.
    package var title: String {
        switch self {
        case .malformed, .aborted: "要求の形式が正しくありません"
        case .certificateMissing: "電子証明書が提示されていません"
        case .certificateUnknown: "この電子証明書では利用できません"
        case .notFound: "見つかりません"
        case .methodNotAllowed: "この操作は行えません"
        case .requestTimeout: "要求が時間内に届きませんでした"
        case .lengthRequired: "本文の長さが示されていません"
        case .tooLarge: "データが大きすぎます"
        case .targetTooLong: "宛先の指定が長すぎます"
        case .unsupportedType: "このデータ形式は受け付けていません"
        case .expectationFailed: "要求された条件に応じられません"
        case .wrongHost: "宛先の名前が違います"
        case .headTooLarge: "要求のヘッダーが大きすぎます"
        case .rateLimited: "接続または要求が多すぎます"
        case .internalFailure: "内部エラーが発生しました"
        case .notImplemented: "対応していない要求です"
        case .busy: "混み合っています"
        case .protocolVersionUnsupported: "対応していない HTTP の版です"
        }
    }

    package var summary: String { "The request was refused (\(code), \(status))." }

    package var advice: String {
        isTemporary
            ? "Send the same request again later."
            : "Correct the request, or ask the vendor of the program that sent it."
    }

    package var isTemporary: Bool {
        switch self {
        case .requestTimeout, .rateLimited, .internalFailure, .busy, .aborted: true
        default: false
        }
    }
}

extension HTTPFailure {
    /// The answer in the problem form, with nothing of the request in it.
    package func response(trace: String) -> Response {
        var fields: [(String, String)] = []
        switch self {
        case .methodNotAllowed(let allowed):
            fields.append(("Allow", allowed.map(\.rawValue).joined(separator: ", ")))
        case .busy(let seconds): fields.append(("Retry-After", String(seconds)))
        default: break
        }
        let problem: JSON = [
            "type": .string("/problems/" + code),
            "title": .string(title),
            "status": .integer(Int64(status)),
            "whoMustAct": isTemporary ? "nobody" : "sender",
            "resend": isTemporary ? "sameMessage" : "newMessage",
            "traceId": .string(trace),
        ]
        return Response(
            status: status,
            fields: fields,
            body: .bytes(problem.canonicalBytes, type: "application/problem+json")
        )
    }
}
