import Delivery
package import Primitives

/// The wire form of a refusal (RFC 9457, `application/problem+json`).
package enum Problem {
    package static let mediaType = "application/problem+json"

    /// `trace` is nil inside an answer that has a trace of its own.
    package static func json(_ refusal: Refusal, trace: String?) -> JSON {
        [
            "type": .string("/problems/" + refusal.code),
            "title": .string(title(refusal.reason)),
            "status": .integer(Int64(refusal.status)),
            "whoMustAct": .string(refusal.whoMustAct.rawValue),
            "resend": .string(refusal.resend.rawValue),
            "retryAfterSeconds": refusal.retryAfterSeconds.map { .integer(Int64($0)) },
            "traceId": trace.map { .string($0) },
            "errors": errors(refusal.details),
        ]
    }

    /// Reads a problem; members this program does not know are ignored, as unsigned JSON allows.
    package static func refusal(_ json: JSON) throws(DecodingRefusal) -> Refusal {
        var reader = try ObjectReader(json)
        let reason = try reader.value("type") { type in
            type.hasPrefix("/problems/")
                ? Refusal.Reason(rawValue: String(type.dropFirst("/problems/".count))) : nil
        }
        var details: [Refusal.Detail] = []
        for var detail in try reader.objects("errors") {
            details.append(
                Refusal.Detail(pointer: try detail.text("pointer"), code: try detail.text("code"))
            )
        }
        return Refusal(
            reason,
            details: details,
            retryAfterSeconds: try reader.optionalInteger("retryAfterSeconds"),
            resend: try reader.optionalValue("resend", Resend.init(rawValue:))
        )
    }

    private static func errors(_ details: [Refusal.Detail]) -> JSON? {
        guard !details.isEmpty else { return nil }
        return .array(
            details.map { ["pointer": .string($0.pointer), "code": .string($0.code)] }
        )
    }

    /// What a person of the calling side reads, should the problem reach a page.
    package static func title(_ reason: Refusal.Reason) -> String {
        switch reason {
        case .malformed, .notYourName, .badSignature, .recipientsDiffer, .hashDiffers:
            "送信側のシステムに異常があります"
        case .framesCut: "通信が途中で切れました"
        case .certificateMissing, .certificateUnknown: "参加の手続きが済んでいません"
        case .certificateExpired, .revoked: "証明書が使えません"
        case .memberSuspended: "この機関の利用は停止されています"
        case .enrolmentRefused: "参加コードが使えません"
        case .unknownRecipient: "宛先が見つかりません"
        case .notFound: "見つかりません"
        case .paperOnlyRecipient: "この宛先は紙（FAX）のみです"
        case .recipientCannotRead: "相手がこの様式を受け取れません"
        case .recipientKeyUnusable: "相手の鍵が使えません"
        case .messageIdConflict, .contentSeen, .statementConflict: "同じ番号で違う内容が届いています"
        case .outOfOrder, .chunkMissing: "先に送るべきものが届いていません"
        case .deliveryClosed: "この配達は終了しています"
        case .alreadyWithdrawn: "取消済みです"
        case .expired: "期限を過ぎています"
        case .receiptGone: "保存期間を過ぎたため、受領証は当事者だけが持っています"
        case .cursorGone: "記録が古すぎるため、作り直します"
        case .bodyGone: "本文はもう保存されていません"
        case .tooLarge: "大きすぎます"
        case .unsupportedType, .versionUnsupported, .wrongSuite: "版が合いません"
        case .clockSkew: "時計がずれています"
        case .rateLimited, .exchangeBusy: "混み合っています"
        case .quotaExceeded: "相手の受信箱がいっぱいです"
        case .internalFailure: "交換所で障害が起きました"
        case .maintenance, .readOnly: "交換所は保守中です"
        case .storageFull: "交換所の保存場所が足りません"
        }
    }
}
