import Delivery
import Primitives

/// One row of the failure classes (`envelope.md` 7): how the vector is made and what comes of it.
struct VectorCase: Sendable {
    /// The folder.
    let name: String
    let note: String
    let expected: Vector.Outcome
    let make: @Sendable (Smithy) async throws -> Vector

    static let all: [VectorCase] =
        accepted + malformedRouting + malformedSealed + malformedSigned + malformedContent
        + outer + signers + times + bindings + parts + sheets

    static func refused(
        _ name: String,
        _ note: String,
        _ code: RefusalCode,
        _ step: Int,
        _ make: @escaping @Sendable (Smithy) async throws -> Vector
    ) -> VectorCase {
        VectorCase(
            name: name,
            note: note,
            expected: Vector.Outcome(code: code.rawValue, step: step),
            make: make
        )
    }

    static func accepted(
        _ name: String = "accepted",
        _ note: String,
        _ make: @escaping @Sendable (Smithy) async throws -> Vector
    ) -> VectorCase {
        VectorCase(name: name, note: note, expected: .accepted, make: make)
    }

    /// A change of layer 3, refused by its reader.
    static func sealed(
        _ name: String,
        _ note: String,
        _ code: RefusalCode,
        _ step: Int,
        _ edit: @escaping Forge.Edit
    ) -> VectorCase {
        refused(name, note, code, step) { smithy in
            try await smithy.vector(small: true) { $0.sealed = edit }
        }
    }

    /// A change of layer 2.
    static func signed(
        _ name: String,
        _ note: String,
        _ code: RefusalCode,
        _ step: Int,
        _ edit: @escaping Forge.Edit
    ) -> VectorCase {
        refused(name, note, code, step) { smithy in
            try await smithy.vector(small: true) { $0.content = edit }
        }
    }
}
