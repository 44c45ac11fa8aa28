import Cryptography
package import Directory
package import Primitives

/// One certificate request and what the certificate shall be for.
package struct WireCertificateRequest: Sendable, Equatable {
    package let usage: MemberKeyUsage
    /// PKCS#10, DER.
    package let request: [UInt8]

    package init(usage: MemberKeyUsage, request: [UInt8]) {
        self.usage = usage
        self.request = request
    }

    package var json: JSON {
        [
            "usage": .code(usage), "certificateRequest": .bytes(request),
        ]
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        usage = try reader.code("usage")
        request = try reader.bytes("certificateRequest")
        try reader.finish()
    }
}

/// The two keys made from the one-time code of a joining paper. The code itself never travels, and
/// the answer's MAC proves that whoever holds the CA knows the code too.
package struct JoiningKeys: Sendable {
    package let request: [UInt8]
    package let answer: [UInt8]

    package init(request: [UInt8], answer: [UInt8]) {
        self.request = request
        self.answer = answer
    }

    /// - Parameters:
    ///   - code: 20 base32 characters as on the paper, blanks and hyphens ignored, any case.
    ///   - member: the id on the paper.
    package init(code: String, member: MemberID) {
        let letters = code.lowercased().bytes.filter { $0 != 0x20 && $0 != UInt8(ascii: "-") }
        request = HKDF.derive(
            secret: letters,
            salt: member.text.bytes,
            info: "renkei-enrol-request-v1".bytes,
            count: 32
        )
        answer = HKDF.derive(
            secret: letters,
            salt: member.text.bytes,
            info: "renkei-enrol-answer-v1".bytes,
            count: 32
        )
    }
}

/// `POST /x/v1/enrolments`: an organisation asks to join with the code of its paper.
package struct EnrolmentRequest: Sendable, Equatable {
    package let member: MemberID
    package let requests: [WireCertificateRequest]
    package let logPublicKey: [UInt8]
    package let mac: [UInt8]

    package init(
        member: MemberID,
        requests: [WireCertificateRequest],
        logPublicKey: [UInt8],
        keys: JoiningKeys
    ) {
        self.member = member
        self.requests = requests
        self.logPublicKey = logPublicKey
        mac = Self.mac(Self.rest(member, requests, logPublicKey), keys.request)
    }

    package func isAuthentic(_ keys: JoiningKeys) -> Bool {
        isEqualInConstantTime(
            mac,
            Self.mac(Self.rest(member, requests, logPublicKey), keys.request)
        )
    }

    /// By which a repeat is known.
    package var sha256: Digest { SHA256.hash(json.canonicalBytes) }

    package var json: JSON {
        var object = Self.rest(member, requests, logPublicKey)
        object["mac"] = .bytes(mac)
        return .object(object)
    }

    package init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        member = try reader.identifier("memberId")
        var requests: [WireCertificateRequest] = []
        for var request in try reader.objects("requests") {
            requests.append(try WireCertificateRequest(reading: &request))
        }
        self.requests = requests
        logPublicKey = try reader.bytes("logPublicKey")
        mac = try reader.bytes("mac")
        try reader.finish()
    }

    private static func rest(
        _ member: MemberID,
        _ requests: [WireCertificateRequest],
        _ logPublicKey: [UInt8]
    ) -> JSONObject {
        [
            "memberId": .name(member),
            "requests": .array(requests.map(\.json)),
            "logPublicKey": .bytes(logPublicKey),
        ]
    }

    static func mac(_ rest: JSONObject, _ key: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(JSON.object(rest).canonicalBytes)
        return HMACSHA256.code(for: digest.bytes, key: key).bytes
    }
}

/// The exchange's answer: certificates in the order of the requests, with their issuing CA's, the
/// signed membership, and the MAC by which the gateway knows that the CA held the code.
package struct EnrolmentAnswer: Sendable, Equatable {
    package let certificates: [[UInt8]]
    package let authorities: [[UInt8]]
    package let membership: [UInt8]
    package let mac: [UInt8]

    package init(
        certificates: [[UInt8]],
        authorities: [[UInt8]],
        membership: [UInt8],
        keys: JoiningKeys
    ) {
        self.certificates = certificates
        self.authorities = authorities
        self.membership = membership
        mac = EnrolmentRequest.mac(Self.rest(certificates, authorities, membership), keys.answer)
    }

    package func isAuthentic(_ keys: JoiningKeys) -> Bool {
        let rest = Self.rest(certificates, authorities, membership)
        return isEqualInConstantTime(mac, EnrolmentRequest.mac(rest, keys.answer))
    }

    package var json: JSON {
        var object = Self.rest(certificates, authorities, membership)
        object["mac"] = .bytes(mac)
        return .object(object)
    }

    package init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        certificates = try reader.values("certificates") { Base64.decode($0) }
        authorities = try reader.values("authorities") { Base64.decode($0) }
        membership = try reader.bytes("membership")
        mac = try reader.bytes("mac")
        try reader.finish()
    }

    private static func rest(
        _ certificates: [[UInt8]],
        _ authorities: [[UInt8]],
        _ membership: [UInt8]
    ) -> JSONObject {
        [
            "certificates": .array(certificates.map { .bytes($0) }),
            "authorities": .array(authorities.map { .bytes($0) }),
            "membership": .bytes(membership),
        ]
    }
}
