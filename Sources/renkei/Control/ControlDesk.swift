import HTTP
import Primitives

/// Whoever answers the command line: a running service, or a house opened for one command.
protocol ControlDesk: Sendable {
    func answer(_ call: ControlCall) async throws -> ControlAnswer
}

/// The control socket of a data folder. Whoever may open the file may give orders.
enum ControlSocket {
    static func path(_ data: String) -> String { data + "/control.sock" }

    /// A sheet, or one piece of an attachment.
    static let bodyBytes = Limits.batchBytes
    /// An evidence file is the longest, beside some JSON.
    private static let answerBytes = Limits.evidenceBytes + Limits.batchBytes

    static func listener(
        _ data: String,
        _ desk: any ControlDesk
    ) -> (ListenerConfiguration, any Handler) {
        var router = Router()
        let options = RouteOptions(
            bodyLimit: bodyBytes,
            mayWait: true,
            requiresIdentity: false
        )
        router.on(.post, "/control", options) { request, _ throws(HTTPFailure) in
            let answer = await bytes(of: desk, try await call(in: request))
            return Response(status: 200, body: .bytes(answer, type: "application/x-tar"))
        }
        let address = ListenerConfiguration.Address.unix(path: path(data), mode: 0o600)
        return (ListenerConfiguration(address: address), router)
    }

    /// The body goes as soon as it is read: a piece of an attachment is not held twice.
    private static func call(
        in request: Request
    ) async throws(HTTPFailure) -> Result<ControlCall, DecodingRefusal> {
        let body = try await request.body(limit: bodyBytes)
        return Result { () throws(DecodingRefusal) in try ControlCall(reading: body) }
    }

    private static func bytes(
        of desk: any ControlDesk,
        _ call: Result<ControlCall, DecodingRefusal>
    ) async -> [UInt8] {
        do {
            return try await desk.answer(try call.get()).bytes
        } catch let error as any Explained {
            return ControlAnswer.bytes(error)
        } catch {
            return ControlAnswer.bytes(UnexplainedError())
        }
    }

    /// Takes the file away with the service. One that was killed leaves it behind; nothing minds.
    static func remove(_ data: String) {
        do throws(FileError) { try Files.remove(path(data)) } catch {
            // The next start replaces it.
        }
    }

    /// Asks the running service of a folder.
    ///
    /// - Returns: nil when none runs there.
    static func ask(_ data: String, _ call: ControlCall) async throws -> ControlAnswer? {
        guard Files.exists(path(data)) else { return nil }
        let client = Client(
            base: "http://control",
            identity: nil,
            roots: [],
            unixSocket: path(data)
        )
        let answer: ClientResponse
        do throws(ClientError) {
            answer = try await client.send(
                .post,
                "/control",
                fields: [("Content-Type", "application/x-tar")],
                body: call.bytes,
                bounds: ClientBounds(answerBytes: answerBytes, timeout: .seconds(600))
            )
        } catch {
            // A socket that a killed service left behind: nobody listens there any more.
            guard case .connect = error else { throw error }
            return nil
        }
        return try ControlAnswer(reading: answer.body)
    }
}
