package import Primitives

/// What a statement says, one type per `StatementType`: its members besides `type`, `version` and
/// `issuer`.
package protocol StatementBody: Sendable {
    static var type: StatementType { get }
    var issuer: PartyID { get }
    var members: JSONObject { get }
    /// Asks `reader` for every member it knows; the caller refuses the others.
    init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal)
}

extension StatementBody {
    /// The canonical JSON that is signed.
    package var content: [UInt8] {
        var object = members
        object["type"] = .code(Self.type)
        object["version"] = 1
        object["issuer"] = .name(issuer)
        return JSON.object(object).canonicalBytes
    }

    /// Reads what `content` wrote.
    ///
    /// - Throws: `badForm` for another type; otherwise what the form refuses.
    package init(content json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        try reader.version()
        guard try reader.code("type", of: StatementType.self) == Self.type else {
            throw reader.refusal(.badForm, "type")
        }
        try self.init(issuer: try reader.identifier("issuer"), reading: &reader)
        try reader.finish()
    }
}
