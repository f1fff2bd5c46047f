// Load creates objects from a template, so many at once and as several people, and prints one line of JSON once each of them has
// the condition Complete: how long that took, from creating each to the watch event that shows it. It fails if one of them has
// not come to that in time.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

var (
	count      = flag.Int("count", 1000, "how many objects")
	atOnce     = flag.Int("at-once", 16, "how many are created at once")
	resource   = flag.String("resource", "", "`plural.version.group`")
	namespace  = flag.String("namespace", "default", "where")
	template   = flag.String("template", "", "`file` with an object in JSON; %d is its number, %A the number of its approver")
	approvers  = flag.Int("approvers", 1, "how many approvers take turns")
	requesters = flag.Int("requesters", 1, "how many people, requester-0 and so on, create them in turn")
	group      = flag.String("group", "requesters", "the group of these people")
	within     = flag.Duration("within", 5*time.Minute, "how long all may take")
)

// result is what is printed.
type result struct {
	CreatedSeconds float64 `json:"createdSeconds"`
	WallSeconds    float64 `json:"wallSeconds"`
	// Seconds has one entry for each object.
	Seconds []float64 `json:"seconds"`
	// Reasons counts the reasons of the conditions.
	Reasons map[string]int `json:"reasons"`
}

// course notes when each object was created and when it was complete.
type course struct {
	mu      sync.Mutex
	created map[string]time.Time
	seconds map[string]float64
	reasons map[string]int
	all     chan struct{}
}

func main() {
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *within)
	defer cancel()
	outcome, err := run(ctx)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(outcome)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) (*result, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	clients, err := clientsFor(config)
	if err != nil {
		return nil, err
	}
	watching, err := clientFor(config)
	if err != nil {
		return nil, err
	}
	list, err := watching.List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return nil, err
	}
	c := &course{created: map[string]time.Time{}, seconds: map[string]float64{}, reasons: map[string]int{}, all: make(chan struct{})}
	go c.watch(ctx, watching, list.GetResourceVersion())
	start := time.Now()
	if err := createAll(ctx, clients, c); err != nil {
		return nil, err
	}
	createdSeconds := time.Since(start).Seconds()
	select {
	case <-c.all:
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		return nil, fmt.Errorf("%d of %d %s were complete within %s", len(c.seconds), *count, *resource, *within)
	}
	return c.result(createdSeconds, time.Since(start).Seconds()), nil
}

// clientsFor returns a client for each requester.
func clientsFor(config *rest.Config) ([]dynamic.ResourceInterface, error) {
	clients := make([]dynamic.ResourceInterface, *requesters)
	for i := range clients {
		as := rest.CopyConfig(config)
		as.Impersonate = rest.ImpersonationConfig{UserName: fmt.Sprintf("requester-%d", i), Groups: []string{*group, "system:authenticated"}}
		client, err := clientFor(as)
		if err != nil {
			return nil, err
		}
		clients[i] = client
	}
	return clients, nil
}

func clientFor(config *rest.Config) (dynamic.ResourceInterface, error) {
	found, _ := schema.ParseResourceArg(*resource)
	if found == nil {
		return nil, fmt.Errorf("%q is no plural.version.group", *resource)
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return client.Resource(*found).Namespace(*namespace), nil
}

func createAll(ctx context.Context, clients []dynamic.ResourceInterface, c *course) error {
	text, err := os.ReadFile(*template)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	numbers := make(chan int)
	var creating sync.WaitGroup
	for range *atOnce {
		creating.Go(func() {
			for number := range numbers {
				// Each requester asks each approver in turn.
				client := clients[number / *approvers % *requesters]
				if err := create(ctx, client, c, fill(text, number)); err != nil {
					cancel(fmt.Errorf("creating object %d: %w", number, err))
				}
			}
		})
	}
	for number := range *count {
		numbers <- number
	}
	close(numbers)
	creating.Wait()
	return context.Cause(ctx)
}

func fill(template []byte, number int) []byte {
	named := bytes.ReplaceAll(template, []byte("%d"), []byte(strconv.Itoa(number)))
	return bytes.ReplaceAll(named, []byte("%A"), []byte(strconv.Itoa(number%*approvers)))
}

func create(ctx context.Context, client dynamic.ResourceInterface, c *course, text []byte) error {
	object := &unstructured.Unstructured{}
	if err := json.Unmarshal(text, &object.Object); err != nil {
		return err
	}
	c.mu.Lock()
	c.created[object.GetName()] = time.Now()
	c.mu.Unlock()
	_, err := client.Create(ctx, object, metav1.CreateOptions{})
	return err
}

// watch goes on until all are complete or the context ends; the API server may end a watch at any time.
func (c *course) watch(ctx context.Context, client dynamic.ResourceInterface, version string) {
	for ctx.Err() == nil {
		watch, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: version})
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				log.Print(err)
			}
			time.Sleep(100 * time.Millisecond)
			continue
		}
		for event := range watch.ResultChan() {
			if object, ok := event.Object.(*unstructured.Unstructured); ok {
				version = object.GetResourceVersion()
				c.note(object)
			}
		}
	}
}

func (c *course) note(object *unstructured.Unstructured) {
	reason, isComplete := completeBecause(object)
	if !isComplete {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	name := object.GetName()
	created, isOurs := c.created[name]
	if _, isKnown := c.seconds[name]; !isOurs || isKnown {
		return
	}
	c.seconds[name] = time.Since(created).Seconds()
	c.reasons[reason]++
	if len(c.seconds) == *count {
		close(c.all)
	}
}

func completeBecause(object *unstructured.Unstructured) (reason string, isComplete bool) {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, each := range conditions {
		condition, _ := each.(map[string]any)
		if condition["type"] == "Complete" && condition["status"] == "True" {
			return fmt.Sprint(condition["reason"]), true
		}
	}
	return "", false
}

func (c *course) result(createdSeconds, wallSeconds float64) *result {
	c.mu.Lock()
	defer c.mu.Unlock()
	seconds := make([]float64, 0, len(c.seconds))
	for _, each := range c.seconds {
		seconds = append(seconds, each)
	}
	return &result{createdSeconds, wallSeconds, seconds, c.reasons}
}
