// Controller is what Countersign is compared with: the same calls to the provider and the same writes, as one would write them
// with controller-runtime. One backchannel request, one token request, three status writes, one Secret for each Approval.
//
// It promises less: no policies, no limits, no checks of tokens, no sealed auth_req_id, no recovery from a crash, no Events.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

var kind = schema.GroupVersionKind{Group: "peer.countersign.dev", Version: "v1", Kind: "Approval"}

type reconciler struct {
	client.Client
	provider     *http.Client
	issuer       string
	clientSecret string
}

// Reconcile does the next step of an Approval; status.state says which one that is.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	approval := anApproval()
	if err := r.Get(ctx, request.NamespacedName, approval); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	state, _, _ := unstructured.NestedString(approval.Object, "status", "state")
	switch state {
	case "":
		return r.prompt(ctx, approval)
	case "Pending":
		return r.askForToken(ctx, approval)
	case "Prompting":
		return ctrl.Result{}, reconcile.TerminalError(errors.New("a prompt may have been sent"))
	default:
		return ctrl.Result{}, nil
	}
}

func (r *reconciler) prompt(ctx context.Context, approval *unstructured.Unstructured) (ctrl.Result, error) {
	if err := r.write(ctx, approval, map[string]any{"state": "Prompting"}); err != nil {
		return ctrl.Result{}, err
	}
	action, _, _ := unstructured.NestedString(approval.Object, "spec", "action")
	var acknowledged struct {
		ID       string `json:"auth_req_id"`
		Interval int64  `json:"interval"`
	}
	form := url.Values{"scope": {"openid rollouts:promote"}, "login_hint": {action}, "binding_message": {"K7Q-3XP"}, "requested_expiry": {"600"}}
	status, err := r.post(ctx, "/backchannel", form, &acknowledged)
	if err != nil {
		return ctrl.Result{}, reconcile.TerminalError(err)
	}
	if status != http.StatusOK {
		return ctrl.Result{}, reconcile.TerminalError(fmt.Errorf("no acknowledgement: status %d", status))
	}
	err = r.write(ctx, approval, map[string]any{"state": "Pending", "authReqID": acknowledged.ID})
	return ctrl.Result{RequeueAfter: time.Duration(acknowledged.Interval) * time.Second}, err
}

func (r *reconciler) askForToken(ctx context.Context, approval *unstructured.Unstructured) (ctrl.Result, error) {
	id, _, _ := unstructured.NestedString(approval.Object, "status", "authReqID")
	var granted struct {
		AccessToken string `json:"access_token"`
		IDToken     string `json:"id_token"`
	}
	form := url.Values{"grant_type": {"urn:openid:params:grant-type:ciba"}, "auth_req_id": {id}}
	status, err := r.post(ctx, "/token", form, &granted)
	if err != nil {
		return ctrl.Result{}, err
	}
	if status != http.StatusOK {
		return ctrl.Result{RequeueAfter: time.Second}, nil
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:            approval.GetName() + "-token",
			Namespace:       approval.GetNamespace(),
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(approval, kind)},
		},
		StringData: map[string]string{"access_token": granted.AccessToken, "id_token": granted.IDToken},
	}
	if err := r.Create(ctx, secret); err != nil {
		return ctrl.Result{}, err
	}
	complete := map[string]any{
		"type": "Complete", "status": "True", "reason": "Approved", "message": "approved",
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
	}
	return ctrl.Result{}, r.write(ctx, approval, map[string]any{"state": "Approved", "authReqID": id, "conditions": []any{complete}})
}

// write replaces the status and fails if the Approval was changed meanwhile.
func (r *reconciler) write(ctx context.Context, approval *unstructured.Unstructured, status map[string]any) error {
	approval.Object["status"] = status
	return r.Status().Update(ctx, approval)
}

// post sends a form as the client and decodes the answer into body.
func (r *reconciler) post(ctx context.Context, path string, form url.Values, body any) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("bench", r.clientSecret)
	answer, err := r.provider.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return answer.StatusCode, json.NewDecoder(answer.Body).Decode(body)
}

func anApproval() *unstructured.Unstructured {
	approval := &unstructured.Unstructured{}
	approval.SetGroupVersionKind(kind)
	return approval
}

func main() {
	issuer := flag.String("issuer", "", "the provider's `URL`")
	workers := flag.Int("workers", 1, "how many Approvals are worked on at once")
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	// As Countersign, controller-runtime sets no limit of its own on calls unless it is told to.
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Metrics: server.Options{BindAddress: "0"},
		// What has no Go type is otherwise read from the API server in each reconcile.
		Client: client.Options{Cache: &client.CacheOptions{Unstructured: true}},
	})
	if err != nil {
		log.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = *workers
	r := &reconciler{manager.GetClient(), &http.Client{Transport: transport, Timeout: 30 * time.Second}, *issuer, os.Getenv("CLIENT_SECRET")}
	// Its own status writes do not wake it: the next token request has its time.
	onChangeOfSpec := builder.WithPredicates(predicate.GenerationChangedPredicate{})
	err = ctrl.NewControllerManagedBy(manager).
		For(anApproval(), onChangeOfSpec).
		WithOptions(controller.Options{MaxConcurrentReconciles: *workers}).
		Complete(r)
	if err != nil {
		log.Fatal(err)
	}
	ctx := ctrl.SetupSignalHandler()
	go func() {
		if manager.GetCache().WaitForCacheSync(ctx) {
			fmt.Printf("{\"msg\":\"ready\",\"pid\":%d}\n", os.Getpid())
		}
	}()
	if err := manager.Start(ctx); err != nil {
		log.Fatal(err)
	}
}
