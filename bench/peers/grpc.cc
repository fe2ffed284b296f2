/* SPDX-License-Identifier: Apache-2.0
 * grpc.cc - gRPC C++, synchronous, mutual TLS, a connection a client.
 *
 * GRPC_CERTIFICATES is a folder: ca.pem, server.pem, server.key, client.pem, client.key.
 */
#include "peer.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <grpcpp/grpcpp.h>

#include "echo.grpc.pb.h"

static std::string file(const char *name)
{
    const char *folder = getenv("GRPC_CERTIFICATES");
    std::ifstream in(std::string(folder ? folder : ".") + "/" + name);
    std::stringstream text;

    text << in.rdbuf();
    if (text.str().empty())
        peer_die("GRPC_CERTIFICATES does not hold what it should");
    return text.str();
}

class Echoes final : public bench::Echoes::Service
{
    grpc::Status Null(grpc::ServerContext *, const bench::Nothing *, bench::Nothing *) override
    {
        return grpc::Status::OK;
    }

    grpc::Status Echo(grpc::ServerContext *, const bench::Bytes *in, bench::Bytes *out) override
    {
        out->set_data(in->data());
        return grpc::Status::OK;
    }
};

static int peer_serve(const char *)
{
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    grpc::ServerBuilder builder;
    Echoes service;
    int port = 0;

    options.pem_root_certs = file("ca.pem");
    options.pem_key_cert_pairs.push_back({ file("server.key"), file("server.pem") });
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
    builder.RegisterService(&service);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server || port <= 0)
        peer_die("no server");
    peer_ready(static_cast<unsigned>(port));
    server->Wait();
    return 0;
}

static void *peer_open(const char *, const char *where)
{
    grpc::SslCredentialsOptions options;
    grpc::ChannelArguments arguments;

    options.pem_root_certs = file("ca.pem");
    options.pem_private_key = file("client.key");
    options.pem_cert_chain = file("client.pem");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); /* or all would share a connection */
    arguments.SetSslTargetNameOverride("localhost");
    auto channel = grpc::CreateCustomChannel(std::string("127.0.0.1:") + where,
                                             grpc::SslCredentials(options), arguments);
    return bench::Echoes::NewStub(channel).release();
}

static void peer_call(void *connection, const unsigned char *sent, unsigned char *got, size_t size)
{
    auto *stub = static_cast<bench::Echoes::Stub *>(connection);
    grpc::ClientContext context;
    grpc::Status status;

    if (size == 0) {
        bench::Nothing nothing, back;

        status = stub->Null(&context, nothing, &back);
    } else {
        bench::Bytes out, in;

        out.set_data(sent, size);
        status = stub->Echo(&context, out, &in);
        if (status.ok() && in.data().size() == size)
            memcpy(got, in.data().data(), size);
    }
    if (!status.ok())
        peer_die(status.error_message().c_str());
}

static void peer_close(void *connection)
{
    delete static_cast<bench::Echoes::Stub *>(connection);
}

int main(int argc, char **argv)
{
    static const struct peer grpc = { peer_open, peer_call, peer_close, nullptr, peer_serve };

    return peer_main(&grpc, argc, argv);
}
